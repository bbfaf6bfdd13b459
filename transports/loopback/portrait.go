package loopback

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
)

// portraitSize is the width and the height of a portrait in pixels.
const portraitSize = 192

// portrait draws a head and shoulders on a ground of a colour, as PNG.
func portrait(ground uint32) []byte {
	at := func(c uint32) color.RGBA { return color.RGBA{uint8(c >> 16), uint8(c >> 8), uint8(c), 0xff} }
	back, front := at(ground), color.RGBA{0xf4, 0xe9, 0xd8, 0xff}
	picture := image.NewRGBA(image.Rect(0, 0, portraitSize, portraitSize))
	const half = portraitSize / 2
	within := func(x, y, cx, cy, r int) bool { return (x-cx)*(x-cx)+(y-cy)*(y-cy) < r*r }
	for y := range portraitSize {
		for x := range portraitSize {
			c := back
			if within(x, y, half, half*3/4, half*2/5) || within(x, y, half, portraitSize+half/10, half*4/5) {
				c = front
			}
			picture.SetRGBA(x, y, c)
		}
	}
	var data bytes.Buffer
	if err := png.Encode(&data, picture); err != nil {
		panic(err) // a buffer takes everything
	}
	return data.Bytes()
}
