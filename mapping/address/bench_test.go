package address_test

import (
	"testing"

	"isthmus/mapping/address"
)

func TestTheUsualAddressCostsNoGarbage(t *testing.T) {
	a := room("#chan", "irc.example.org")
	if n := testing.AllocsPerRun(100, func() { many.Parse("#chan%irc.example.org") }); n != 0 {
		t.Errorf("Parse makes %v allocations, want 0", n)
	}
	if n := testing.AllocsPerRun(100, func() { many.Localpart(a) }); n > 1 {
		t.Errorf("Localpart makes %v allocations, want 1", n)
	}
}

func BenchmarkParse(b *testing.B) {
	for name, localpart := range map[string]string{
		"ascii":    "#chan%irc.example.org",
		"escaped":  `\26chan%irc.example.org`,
		"cyrillic": "#привет%irc.example.org",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := many.Parse(localpart); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkLocalpart(b *testing.B) {
	for name, a := range map[string]address.Address{
		"ascii":    room("#chan", "irc.example.org"),
		"escaped":  room("&chan", "irc.example.org"),
		"cyrillic": room("#привет", "irc.example.org"),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := many.Localpart(a); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
