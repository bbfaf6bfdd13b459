package xep

import (
	"math"
	"net/url"
	"strconv"

	"isthmus/core/stanza"
)

// NSHats is the feature of rooms whose occupants may wear hats (XEP-0317 §2).
const NSHats = "urn:xmpp:hats:0"

// Hat marks an occupant, as a presence has it (XEP-0317 §3.1).
type Hat struct {
	// URI names it, Title is what people read.
	URI, Title string
	// Colour is 0xRRGGBB, 0 for none.
	Colour uint32
}

// HatURI names a hat of a domain by its id there (RFC 5122 §2.2).
func HatURI(domain, id string) string { return "xmpp:" + domain + "#" + url.PathEscape(id) }

// Hats is the element with what an occupant wears, in order.
func Hats(hats []Hat) *stanza.Element {
	all := stanza.New(NSHats, "hats")
	for _, h := range hats {
		hat := stanza.New("", "hat", "title", h.Title, "uri", h.URI)
		if angle, coloured := hue(h.Colour); coloured {
			hat.Set("hue", strconv.FormatFloat(angle, 'f', 1, 64))
		}
		all.Add(hat)
	}
	return all
}

// hue is the angle of a colour in degrees in the HSLuv space, which is that of CIELUV (XEP-0392 §5.5). Greys have none.
func hue(colour uint32) (degrees float64, coloured bool) {
	linear := func(shift int) float64 {
		c := float64(colour>>shift&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	r, g, b := linear(16), linear(8), linear(0)
	if r == g && g == b {
		return 0, false
	}
	x := 0.41239079926595*r + 0.35758433938387*g + 0.18048078840183*b
	y := 0.21263900587151*r + 0.71516867876775*g + 0.072192315360733*b
	z := 0.019330818715591*r + 0.11919477979462*g + 0.95053215224966*b
	const whiteU, whiteV = 0.19783000664283, 0.46831999493879
	sum := x + 15*y + 3*z
	degrees = math.Atan2(9*y/sum-whiteV, 4*x/sum-whiteU) * 180 / math.Pi
	return math.Mod(degrees+360, 360), true
}
