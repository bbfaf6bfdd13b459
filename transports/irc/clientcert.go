package irc

import (
	"crypto/tls"
	"errors"
	"regexp"
	"strings"
)

// pemBlock finds a block of PEM (RFC 7468) also where its line breaks were lost, as in a form with one line.
var pemBlock = regexp.MustCompile(`-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]*)-----END [A-Z0-9 ]+-----`)

// clientCertificate reads a certificate and its private key.
func clientCertificate(text string) (*tls.Certificate, error) {
	var certificates, keys strings.Builder
	for _, block := range pemBlock.FindAllStringSubmatch(text, -1) {
		to := &certificates
		if strings.HasSuffix(block[1], "PRIVATE KEY") {
			to = &keys
		}
		to.WriteString("-----BEGIN " + block[1] + "-----\n" + strings.Join(strings.Fields(block[2]), "\n") + "\n-----END " + block[1] + "-----\n")
	}
	pair, err := tls.X509KeyPair([]byte(certificates.String()), []byte(keys.String()))
	if err != nil {
		return nil, errors.New("this is no certificate with its private key in PEM form")
	}
	return &pair, nil
}
