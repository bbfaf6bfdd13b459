package xep

import "testing"

func TestDimensionsAreReadAsClientsOfEitherVersionWriteThem(t *testing.T) {
	for payload, want := range map[string][2]int{
		"<width>40</width><height>30</height>":                                 {40, 30},
		"<dimensions>40x30</dimensions>":                                       {40, 30},
		"<width>40</width><height>30</height><dimensions>1x1</dimensions>":     {40, 30},
		"<dimensions>wide</dimensions>":                                        {},
		"<width>-40</width><height>9007199254740993000</height><size>1</size>": {},
	} {
		s := read(t, `<message><file xmlns='`+nsFile+`'>`+payload+`</file></message>`)
		if f := parseFile(s.Child(nsFile, "file")); f.Width != want[0] || f.Height != want[1] {
			t.Errorf("%s: %d×%d", payload, f.Width, f.Height)
		}
	}
}
