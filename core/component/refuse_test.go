package component

import (
	"strings"
	"testing"
)

func TestBadStanzasAreAnsweredAndTheStreamGoesOn(t *testing.T) {
	deep := strings.Repeat("<a>", 40) + strings.Repeat("</a>", 40)
	tests := map[string]struct {
		body      string
		condition string
	}{
		"too large":           {"<body>" + strings.Repeat("secret words ", 2000) + "</body>", "policy-violation"},
		"too deep":            {deep, "policy-violation"},
		"too many elements":   {strings.Repeat("<a/>", 900), "policy-violation"},
		"too many attributes": {"<a" + strings.Repeat(" x='1'", 70) + "/>", "policy-violation"},
		"control character":   {"<body>&#0;</body>", "bad-request"},
		"unknown entity":      {"<body>&nbsp;</body>", "bad-request"},
		"undeclared prefix":   {"<p:x/>", "bad-request"},
		"attribute twice":     {"<x a='1' a='2'/>", "bad-request"},
		"mismatched tags":     {"<x></y>", "bad-request"},
		"doctype":             {"<!DOCTYPE x>", "bad-request"},
		"not UTF-8":           {"<body>\xff</body>", "bad-request"},
	}
	config := Config{MaxStanza: 8000, MaxElements: 800}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			run(t, config, func(t *testing.T, r *rig) {
				s := r.accept()
				s.say("<message id='m' %s>%s</message>", fromJuliet, test.body)
				if got := s.last(); got.ID != "m" || got.To != juliet || got.Type != "error" || string(got.Condition()) != test.condition {
					t.Errorf("answered by %s", got.Append(nil))
				}
				s.say("<iq type='set' id='q' %s>%s</iq>", fromJuliet, test.body)
				if got := s.last(); got.ID != "q" || got.Type != "error" || string(got.Condition()) != test.condition {
					t.Errorf("answered by %s", got.Append(nil))
				}
				s.say("<iq type='result' id='r' %s>%s</iq>", fromJuliet, test.body)
				s.say("<message type='error' id='e' %s>%s</message>", fromJuliet, test.body)
				s.say("<message id='after' %s/>", fromJuliet)
				r.expect("up true, message after")
				if got := s.ids(); got != "m q" {
					t.Errorf("answers to %q, want m q", got)
				}
				if log := r.log.String(); strings.Contains(log, "secret words") || !strings.Contains(log, "id=q") {
					t.Errorf("the log must name stanzas and never their texts:\n%s", log)
				}
			})
		})
	}
}

func TestHarmlessOdditiesAreTaken(t *testing.T) {
	run(t, Config{}, func(t *testing.T, r *rig) {
		s := r.accept()
		s.say("296<message id='1' %s><!-- c --><?pi x?><body><![CDATA[<]]></body></message>\r\n<!-- c --><?pi?>x<!DOCTYPE x>", fromJuliet)
		s.say("<message id='2' xmlns='jabber:client' %s/>", fromJuliet)
		s.say("<handshake/><message id='no sender' to='gw.localhost'/><message id='bad sender' from='@' to='gw.localhost'/><x xmlns='urn:x'/><message xmlns='' id='none' %s/>", fromJuliet)
		s.say("<message id='3' %s/>", fromJuliet)
		r.expect("up true, message 1, message 2, message 3")
		if s.ids() != "" {
			t.Fatalf("answered %s", s.ids())
		}
	})
}

func TestLostFramingEndsTheStream(t *testing.T) {
	run(t, Config{}, func(t *testing.T, r *rig) {
		s := r.accept()
		s.say("<message id='1' %s><x></message><message id='2' %s/>", fromJuliet, fromJuliet)
		r.accept()
		r.expect("up true, up false")
	})
}

func TestTheStreamsEndIsTakenUpAgain(t *testing.T) {
	for _, end := range []string{"</stream:stream>", "<stream:error><system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"} {
		run(t, Config{}, func(t *testing.T, r *rig) {
			s := r.accept()
			s.say("%s", end)
			r.accept()
			r.expect("up true, up false")
		})
	}
}
