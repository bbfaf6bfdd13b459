package media

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"io"
	"testing"
)

func TestALargePictureIsNotDecodedForItsPreview(t *testing.T) {
	bomb := picture(t, 1, 1)
	binary.BigEndian.PutUint32(bomb[16:], 30_000) // the width and height of a PNG, and the checksum over them
	binary.BigEndian.PutUint32(bomb[20:], 30_000)
	binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
	r := bytes.NewReader(bomb)
	if width, height := dimensions(r); width != 30_000 || height != 30_000 {
		t.Fatalf("%d×%d", width, height)
	}
	if _, err := preview(r); err != errTooManyPixels {
		t.Error(err)
	}
}

func TestADecoderThatFailsHarmsNobody(t *testing.T) {
	_, err := decoded(func(io.Reader) (image.Image, string, error) { panic("out of range") }, nil)
	if err == nil {
		t.Error("no error")
	}
}

func TestSmallAndNarrowPicturesKeepTheirForm(t *testing.T) {
	for size, want := range map[[2]int][2]int{{10, 5}: {10, 5}, {640, 320}: {64, 32}, {10_000, 1}: {64, 1}, {1, 10_000}: {1, 64}} {
		got := within(image.Rect(0, 0, size[0], size[1]), previewSide)
		if got.Dx() != want[0] || got.Dy() != want[1] {
			t.Errorf("%v became %v", size, got)
		}
	}
}

func FuzzPictures(f *testing.F) {
	f.Add([]byte("\x89PNG\r\n\x1a\n"))
	f.Add([]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"))
	f.Add([]byte("RIFF\x00\x00\x00\x00WEBPVP8L"))
	f.Add([]byte("\xff\xd8\xff\xe0"))
	f.Fuzz(func(t *testing.T, content []byte) {
		r := bytes.NewReader(content)
		if width, height := dimensions(r); width < 0 || height < 0 || (width == 0) != (height == 0) {
			t.Errorf("%d×%d", width, height)
		}
		if width, height := dimensions(r); width*height > 1<<20 {
			return // only slow
		}
		if p, err := preview(r); err == nil && (p.Width > previewSide || p.Height > previewSide) {
			t.Errorf("%+v", p)
		}
	})
}
