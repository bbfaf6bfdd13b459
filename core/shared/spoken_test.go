package shared

import (
	"testing"

	"isthmus/transports"
)

func TestMessagesThatWereNotSentAreForgotten(t *testing.T) {
	var p spoken
	ada := transports.User{ID: "ada", Name: "Ada"}
	for nonce := range int64(3) {
		p.sending(nonce, ada)
	}
	p.failed(transports.Send{Nonce: 0}, &transports.Fault{Kind: transports.Forbidden})
	p.failed(transports.Send{Nonce: 1}, &transports.Fault{Kind: transports.UnknownOutcome})
	p.failed(transports.Edit{ID: "m"}, &transports.Fault{Kind: transports.Forbidden})
	if _, there := p.nonces[0]; there || len(p.nonces) != 2 {
		t.Errorf("remembered are %v", p.nonces)
	}
	for nonce := range int64(maxSpoken) {
		p.sending(10+nonce, ada)
	}
	if _, there := p.nonces[10]; !there || len(p.nonces) != maxSpoken {
		t.Errorf("%d are remembered", len(p.nonces))
	}
}
