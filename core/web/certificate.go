package web

import (
	"crypto/tls"
	"fmt"
	"os"
	"sync"
	"time"
)

// keyPair is a certificate in files that somebody else renews.
type keyPair struct {
	certificate, key string

	mu     sync.Mutex
	loaded *tls.Certificate
	of     time.Time // when the file was written that was loaded
}

// get reads the files again when they have changed. While the new ones do not fit, the old certificate stands.
func (p *keyPair) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	info, err := os.Stat(p.certificate)
	if err == nil && p.loaded != nil && info.ModTime().Equal(p.of) {
		return p.loaded, nil
	}
	pair, failed := tls.LoadX509KeyPair(p.certificate, p.key)
	switch {
	case err == nil && failed == nil:
		p.loaded, p.of = &pair, info.ModTime()
	case p.loaded == nil:
		return nil, fmt.Errorf("the certificate %s cannot be used: %w", p.certificate, failed)
	}
	return p.loaded, nil
}
