package xep

import (
	"math"
	"testing"
)

func TestHatsHaveANameAndAColour(t *testing.T) {
	rendered(t, Hats([]Hat{{URI: HatURI("gw.example", "T1/the owner"), Title: "Owner & more", Colour: 0xff0000}, {URI: HatURI("gw.example", "2"), Title: "Guest"}}),
		`<hats xmlns='urn:xmpp:hats:0'><hat title='Owner &amp; more' uri='xmpp:gw.example#T1%2Fthe%20owner' hue='12.2'/><hat title='Guest' uri='xmpp:gw.example#2'/></hats>`)
}

// TestTheHueIsThatOfConsistentColours compares with the test vectors of XEP-0392, whose colours are rounded.
func TestTheHueIsThatOfConsistentColours(t *testing.T) {
	for _, v := range []struct {
		angle, r, g, b float64
	}{
		{327.255249, 0.865, 0.000, 0.686},
		{209.410400, 0.000, 0.515, 0.573},
		{331.199341, 0.872, 0.000, 0.659},
		{359.994507, 0.918, 0.000, 0.394},
	} {
		byteOf := func(part float64) uint32 { return uint32(math.Round(part * 255)) }
		angle, coloured := hue(byteOf(v.r)<<16 | byteOf(v.g)<<8 | byteOf(v.b))
		if away := math.Abs(angle - v.angle); !coloured || min(away, 360-away) > 0.5 {
			t.Errorf("the hue is %.2f, want %.2f", angle, v.angle)
		}
	}
	for _, grey := range []uint32{0, 0x010101, 0x808080, 0xffffff} {
		if angle, coloured := hue(grey); coloured {
			t.Errorf("%06x has the hue %.1f", grey, angle)
		}
	}
}
