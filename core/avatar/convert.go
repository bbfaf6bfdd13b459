// Package avatar makes of the pictures of a network such as clients of XMPP take, and keeps them.
package avatar

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // XEP-0153 §4.1 and XEP-0084 §4.2 ask for SHA-1; nothing secret depends on it
	"encoding/hex"
	"errors"
	"image"
	_ "image/gif" // reads it
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // reads it
)

const (
	// MaxSource is the largest picture that is read from a network, in bytes.
	MaxSource = 4 << 20
	// maxPixels bounds what is decoded: 16 megapixels are 64 MiB in memory, one picture at a time.
	maxPixels = 16_000_000
)

// Format is how large a picture of a kind may be that clients are given; it goes in base64 into one stanza.
type Format struct {
	bytes int
	// sides are the lengths of the longer side that are tried, the largest first.
	sides []int
}

var (
	// Face is for pictures of users and rooms. (XEP-0153 §3.2 and XEP-0084 §7 want small ones, and 8 KB are too few for a face on today's screens.)
	Face = Format{24 << 10, []int{192, 128, 96, 64}}
	// InLine is for pictures that stand among words (XEP-0231 §2.1: at most 8 KB).
	InLine = Format{8 << 10, []int{64, 48, 32}}
)

// Picture is an image that clients can show. Hash is the SHA-1 of Data in hexadecimal, Type the media type.
type Picture struct {
	Hash, Type          string
	Width, Height, Size int
	Data                []byte
}

// The reasons why a picture cannot be shown.
var (
	ErrUnknown  = errors.New("the picture is of no known format")
	ErrTooLarge = errors.New("the picture has too many pixels")
)

// decoding lets one picture at a time be in memory.
var decoding = make(chan struct{}, 1)

// Convert makes a small PNG or JPEG of a PNG, JPEG, GIF or WebP: PNG where it has transparent parts, for JPEG knows none. Of one that moves it is the first picture.
func Convert(source []byte, f Format) (Picture, error) {
	config, _, err := image.DecodeConfig(bytes.NewReader(source))
	switch {
	case err != nil || config.Width <= 0 || config.Height <= 0:
		return Picture{}, ErrUnknown
	case config.Width > maxPixels/config.Height: // before it is decoded: a few bytes can say that they are a wall of pixels
		return Picture{}, ErrTooLarge
	}
	decoding <- struct{}{}
	defer func() { <-decoding }()
	full, _, err := image.Decode(bytes.NewReader(source))
	if err != nil {
		return Picture{}, ErrUnknown
	}
	for _, side := range f.sides {
		small := scaled(full, side)
		if data, err := encodePNG(small); err == nil && len(data) <= f.bytes && !small.Opaque() {
			return picture("image/png", small, data), nil
		}
	}
	for _, side := range f.sides {
		small := opaque(scaled(full, side))
		for _, quality := range []int{85, 70, 50} {
			if data, err := encodeJPEG(small, quality); err == nil && len(data) <= f.bytes {
				return picture("image/jpeg", small, data), nil
			}
		}
	}
	return Picture{}, ErrTooLarge // never: the smallest one fits
}

func picture(mediaType string, i *image.NRGBA, data []byte) Picture {
	sum := sha1.Sum(data) //nolint:gosec // as above
	return Picture{Hash: hex.EncodeToString(sum[:]), Type: mediaType, Width: i.Bounds().Dx(), Height: i.Bounds().Dy(), Size: len(data), Data: data}
}

// scaled is the picture with its longer side at most that long.
func scaled(full image.Image, side int) *image.NRGBA {
	width, height := full.Bounds().Dx(), full.Bounds().Dy()
	if longest := max(width, height); longest > side {
		width, height = max(1, width*side/longest), max(1, height*side/longest)
	}
	small := image.NewNRGBA(image.Rect(0, 0, width, height))
	draw.CatmullRom.Scale(small, small.Bounds(), full, full.Bounds(), draw.Src, nil)
	return small
}

// opaque has the picture on white.
func opaque(i *image.NRGBA) *image.NRGBA {
	flat := image.NewNRGBA(i.Bounds())
	draw.Draw(flat, flat.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(flat, flat.Bounds(), i, image.Point{}, draw.Over)
	return flat
}

func encodePNG(i image.Image) ([]byte, error) {
	var b bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, i)
	return b.Bytes(), err
}

func encodeJPEG(i image.Image, quality int) ([]byte, error) {
	var b bytes.Buffer
	err := jpeg.Encode(&b, i, &jpeg.Options{Quality: quality})
	return b.Bytes(), err
}
