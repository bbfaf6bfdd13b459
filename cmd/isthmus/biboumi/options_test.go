package biboumi

import (
	"slices"
	"testing"
)

func TestPortsAreTakenOverWhereTheyAreAChoice(t *testing.T) {
	for _, c := range []struct {
		plain, tls string
		chosen     bool
		ports      []string
		tlsPorts   []string
	}{
		{"6667", "6697;6670", false, nil, nil},
		{"6667;", "6697;6670;", false, nil, nil},
		{"", ";", false, nil, nil},
		{"6667;", "", true, []string{"6667"}, nil},
		{"", "6697;6670;", true, nil, []string{"6697", "6670"}},
		{"7000; 7001;", "6697", true, []string{"7000", "7001"}, []string{"6697"}},
	} {
		o := Options{Values: map[string][]string{}}
		o.ports(c.plain, c.tls)
		ports, chosen := o.Values["ports"]
		tlsPorts, both := o.Values["tls_ports"]
		if chosen != c.chosen || both != c.chosen || !slices.Equal(ports, c.ports) || !slices.Equal(tlsPorts, c.tlsPorts) {
			t.Errorf("%q and %q: %v", c.plain, c.tls, o.Values)
		}
	}
}
