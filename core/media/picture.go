package media

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // reads it
	"image/jpeg"
	_ "image/png" // reads it
	"io"

	"isthmus/core/xep"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // reads it
)

const (
	// maxPixels bounds the pictures that are decoded: 16 megapixels are 128 MB in memory at most, one at a time.
	maxPixels = 16_000_000
	// A preview's longest side, and how large it may be in a stanza.
	previewSide  = 64
	previewBytes = 3000
)

// decoding lets one picture at a time be in memory.
var decoding = make(chan struct{}, 1)

var errTooManyPixels = errors.New("the picture has too many pixels")

// decoded calls a decoder of pictures, which come from anyone: where it panics, that is an error as others.
func decoded[T any](decode func(io.Reader) (T, string, error), r io.Reader) (value T, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("the picture cannot be decoded: %v", problem)
		}
	}()
	value, _, err = decode(r)
	return value, err
}

// dimensions reads how large a picture is, 0 where it is none that we know. The reader stands at its beginning afterwards.
func dimensions(r io.ReadSeeker) (width, height int) {
	config, err := decoded(image.DecodeConfig, r)
	if _, seeking := r.Seek(0, io.SeekStart); err != nil || seeking != nil || config.Width <= 0 || config.Height <= 0 {
		return 0, 0
	}
	return config.Width, config.Height
}

// preview makes a small picture that can stand in a message: a data: URI, for it must be there before the file is (XEP-0264 §3.1 leaves
// the scheme open; Dino and Movim read this one, and a bit of binary would need one more round trip for each reader).
func preview(r io.ReadSeeker) (*xep.Thumbnail, error) {
	width, height := dimensions(r)
	if width == 0 {
		return nil, image.ErrFormat
	}
	if width > maxPixels/height {
		return nil, errTooManyPixels
	}
	decoding <- struct{}{}
	defer func() { <-decoding }()
	full, err := decoded(image.Decode, r)
	if _, seeking := r.Seek(0, io.SeekStart); err != nil || seeking != nil {
		return nil, errors.Join(err, seeking)
	}
	small := image.NewRGBA(within(full.Bounds(), previewSide))
	draw.Draw(small, small.Bounds(), image.White, image.Point{}, draw.Src) // JPEG has no transparency
	draw.ApproxBiLinear.Scale(small, small.Bounds(), full, full.Bounds(), draw.Over, nil)
	for _, quality := range []int{60, 30, 10} {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, small, &jpeg.Options{Quality: quality}); err != nil {
			return nil, err
		}
		if b.Len() <= previewBytes {
			return &xep.Thumbnail{URI: "data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(b.Bytes()), Type: "image/jpeg",
				Width: small.Bounds().Dx(), Height: small.Bounds().Dy()}, nil
		}
	}
	return nil, errors.New("the preview is too large")
}

// within is a rectangle of the same form whose longest side is at most that long.
func within(r image.Rectangle, side int) image.Rectangle {
	width, height := r.Dx(), r.Dy()
	if longest := max(width, height); longest > side {
		width, height = max(1, width*side/longest), max(1, height*side/longest)
	}
	return image.Rect(0, 0, width, height)
}
