package avatar

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"isthmus/core/store"
)

// noise is a picture that compresses badly, transparent in a corner where wanted.
func noise(width, height int, transparent bool) *image.NRGBA {
	i := image.NewNRGBA(image.Rect(0, 0, width, height))
	r := rand.New(rand.NewPCG(1, 2))
	for p := range width * height {
		i.SetNRGBA(p%width, p/width, color.NRGBA{uint8(r.Uint32()), uint8(r.Uint32()), uint8(r.Uint32()), 255})
	}
	if transparent {
		i.SetNRGBA(0, 0, color.NRGBA{})
	}
	return i
}

func encoded(t *testing.T, format string, i image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch format {
	case "png":
		err = png.Encode(&b, i)
	case "jpeg":
		err = jpeg.Encode(&b, i, nil)
	case "gif":
		err = gif.Encode(&b, i, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPicturesBecomeSmallOnesThatClientsTake(t *testing.T) {
	flat := image.NewNRGBA(image.Rect(0, 0, 10, 20))
	for name, c := range map[string]struct {
		source        []byte
		mediaType     string
		width, height int
	}{
		"a small one stays as large as it is": {encoded(t, "png", flat), "image/png", 10, 20},
		"a photo":                             {encoded(t, "jpeg", noise(800, 400, false)), "image/jpeg", 192, 96},
		"a tall one":                          {encoded(t, "gif", noise(10, 4000, false)), "image/jpeg", 1, 192},
		"a large one with transparent parts":  {encoded(t, "png", noise(600, 600, true)), "image/png", 96, 96},
	} {
		p, err := Convert(c.source, Face)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		config, format, err := image.DecodeConfig(bytes.NewReader(p.Data))
		if err != nil || "image/"+format != p.Type || config.Width != p.Width || config.Height != p.Height {
			t.Errorf("%s: says %s %d×%d and is %s %d×%d (%v)", name, p.Type, p.Width, p.Height, format, config.Width, config.Height, err)
		}
		if p.Type != c.mediaType || p.Width != c.width || p.Height != c.height || len(p.Data) > Face.bytes || len(p.Hash) != 40 {
			t.Errorf("%s: became %s %d×%d of %d bytes", name, p.Type, p.Width, p.Height, len(p.Data))
		}
	}
}

func TestABombIsNotDecoded(t *testing.T) {
	header := []byte("\x00\x00\x00\x0dIHDR\x00\x00\xff\xff\x00\x00\xff\xff\x08\x06\x00\x00\x00")
	bomb := append([]byte("\x89PNG\r\n\x1a\n"), header...)
	bomb = binary.BigEndian.AppendUint32(bomb, crc32.ChecksumIEEE(header[4:]))
	if _, err := Convert(bomb, Face); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
	for _, junk := range [][]byte{nil, []byte("<svg/>"), encoded(t, "png", noise(9, 9, false))[:60]} {
		if _, err := Convert(junk, Face); !errors.Is(err, ErrUnknown) {
			t.Errorf("%.20q: %v", junk, err)
		}
	}
}

func FuzzConvert(f *testing.F) {
	f.Add([]byte("\x89PNG\r\n\x1a\n"))
	f.Add([]byte("RIFF\x1a\x00\x00\x00WEBPVP8L"))
	f.Add([]byte("GIF89a"))
	f.Fuzz(func(t *testing.T, source []byte) {
		if p, err := Convert(source, Face); err == nil && (len(p.Data) == 0 || len(p.Data) > Face.bytes) {
			t.Errorf("%d bytes", len(p.Data))
		}
	})
}

func TestAPictureIsReadOnceFromTheNetwork(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "store.db"), log)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c := New("gw", s, log)
	k := Key{"net", "bob", "v1"}
	if _, ok := c.Known(k); ok {
		t.Error("known before it was read")
	}
	var loads atomic.Int32
	source := encoded(t, "jpeg", noise(50, 50, false))
	load := func(context.Context) ([]byte, error) { loads.Add(1); return source, nil }
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if p, err := c.Get(t.Context(), k, Face, load); err != nil || len(p.Data) == 0 {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if p, ok := c.Known(k); !ok || p.Hash == "" || p.Data != nil {
		t.Errorf("known as %+v", p)
	}
	written := make(chan error)
	s.Write(func(err error) { written <- err })
	if err := <-written; err != nil {
		t.Fatal(err)
	}
	if p, err := New("gw", s, log).Get(t.Context(), k, Face, func(context.Context) ([]byte, error) { return nil, errors.New("no") }); err != nil || len(p.Data) == 0 {
		t.Errorf("after a restart: %v", err)
	}
	if _, err := c.Get(t.Context(), Key{"net", "zoe", "v1"}, Face, func(context.Context) ([]byte, error) { return []byte("junk"), nil }); !errors.Is(err, ErrUnknown) {
		t.Error(err)
	}
	if p, ok := c.Known(Key{"net", "zoe", "v1"}); !ok || p.Hash != "" {
		t.Error("what cannot be shown is tried again and again")
	}
	if n := loads.Load(); n != 1 {
		t.Errorf("read %d times", n)
	}
}
