package irc

import (
	"encoding/base64"
	"strings"
	"testing"

	"isthmus/transports"
)

const (
	scramChallenge = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
	scramFinal     = "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
	scramProof     = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
)

func TestSCRAMIsThatOfTheStandard(t *testing.T) { // RFC 7677 §3
	var s scram
	if first := s.begin("user", "pencil", "rOprNGfwEbeRWgbNEkqO"); first != "n,,n=user,r=rOprNGfwEbeRWgbNEkqO" {
		t.Errorf("first %q", first)
	}
	if final, ok := s.next(scramChallenge); !ok || final != scramFinal {
		t.Errorf("final %q", final)
	}
	if _, ok := s.next(scramProof); !ok || !s.verified {
		t.Error("the server's proof is refused")
	}
}

func TestAServerThatDoesNotKnowThePasswordIsRefused(t *testing.T) {
	for _, messages := range [][]string{
		{scramChallenge, "v=AAAA"}, {scramChallenge, "e=other-error"}, {strings.Replace(scramChallenge, "r=r", "r=x", 1)},
		{strings.Replace(scramChallenge, "4096", "1", 1)}, {strings.Replace(scramChallenge, "4096", "999999999", 1)}, {"r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"}, {""},
	} {
		var s scram
		s.begin("user", "pencil", "rOprNGfwEbeRWgbNEkqO")
		ok := true
		for _, m := range messages {
			_, ok = s.next(m)
		}
		if ok || s.verified {
			t.Errorf("%q is accepted", messages)
		}
	}
}

func TestAPasswordIsNotShownWhereThereIsSCRAM(t *testing.T) {
	playAs(t, Config{}, Network{}, secretly, func(s *script) {
		s.atTheDoor("sasl=PLAIN,SCRAM-SHA-256", "sasl")
		s.expect("AUTHENTICATE SCRAM-SHA-256")
		s.says("AUTHENTICATE +")
		first, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(s.hears()[0], "AUTHENTICATE "))
		if err != nil || !strings.HasPrefix(string(first), "n,,n=alice,r=") {
			t.Fatalf("first %q", first)
		}
		challenge := strings.TrimPrefix(string(first), "n,,n=alice,") + "more,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
		s.says("AUTHENTICATE " + base64.StdEncoding.EncodeToString([]byte(challenge)))
		if sent := s.hears(); len(sent) != 1 {
			t.Fatalf("final %q", sent)
		}
		s.says(":irc.srv 903 alice :without having proved anything")
		s.fault(transports.BadCredentials)
	})
}
