package irc

import (
	"bytes"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"time"

	"isthmus/transports"
)

// dialWithin bounds the way to an open connection, TLS included, for each address.
const dialWithin = 30 * time.Second

// dial connects to the first address that answers, in its turn. Its errors are Faults.
func (s *Session) dial(ctx context.Context) (socket net.Conn, at endpoint, err error) {
	for _, at = range s.driver.secured.apply(s.network.addresses, time.Now()) {
		if err = s.driver.turns.wait(ctx, at); err != nil {
			return nil, at, offline("The gateway has too many connections to make.")
		}
		if socket, err = s.dialOne(ctx, at); err == nil || ctx.Err() != nil {
			return socket, at, err
		}
		s.env.Log.Info("irc: cannot connect", "host", s.network.host, "address", at.address, "error", err)
		if transports.AsFault(err).Kind != transports.Offline {
			break // another port would say the same
		}
	}
	return nil, at, err
}

func (s *Session) dialOne(ctx context.Context, at endpoint) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialWithin)
	defer cancel()
	socket, err := s.env.Dial(ctx, "tcp", at.address)
	if err != nil {
		return nil, dialFault(at.address, err)
	}
	s.driver.idents.add(socket, s.username())
	if at.plain {
		return socket, nil
	}
	secured := tls.Client(socket, s.tls(at.strict))
	if err := secured.HandshakeContext(ctx); err != nil {
		s.hangUp(socket)
		return nil, tlsFault(at.address, err)
	}
	return secured, nil
}

// hangUp closes a connection.
func (s *Session) hangUp(socket net.Conn) {
	socket.Close()
	s.driver.idents.remove(socket)
}

// tls verifies the certificate itself, so that what is wrong with it can be said together with its fingerprint. strict leaves
// the person no say in it.
func (s *Session) tls(strict bool) *tls.Config {
	name := s.network.certified
	if name == "" {
		name = s.network.host
	}
	var shown []tls.Certificate
	if s.certificate != nil {
		shown = append(shown, *s.certificate)
	}
	return &tls.Config{
		Certificates:       shown,
		ServerName:         name,
		InsecureSkipVerify: true, // VerifyConnection does it
		VerifyConnection: func(state tls.ConnectionState) error {
			leaf := state.PeerCertificates[0]
			sum := sha256.Sum256(leaf.Raw)
			if wanted := s.network.fingerprint; wanted != nil {
				old := sha1.Sum(leaf.Raw)
				if bytes.Equal(sum[:], wanted) || bytes.Equal(old[:], wanted) {
					return nil
				}
				return s.untrusted(sum[:], "it is not the certificate that was accepted", nil)
			}
			if s.network.unverified && !strict {
				return nil
			}
			between := x509.NewCertPool()
			for _, certificate := range state.PeerCertificates[1:] {
				between.AddCert(certificate)
			}
			if _, err := leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: s.driver.roots, Intermediates: between}); err != nil {
				return s.untrusted(sum[:], whyUntrusted(leaf, err), err)
			}
			return nil
		},
	}
}

func (s *Session) untrusted(sum []byte, why string, cause error) *transports.Fault {
	fingerprint := strings.ReplaceAll(fmt.Sprintf("% X", sum), " ", ":")
	how := fmt.Sprintf("the operator of the gateway can accept it with this line for the network in the configuration: fingerprint: %q", fingerprint)
	if s.network.own {
		how = "you can accept it in the settings for this server, where it is the " + optionFingerprint + "."
	}
	return &transports.Fault{Kind: transports.Untrusted, Cause: cause, Text: fmt.Sprintf(
		"The certificate of %s cannot be trusted: %s. Its SHA-256 fingerprint is %s. If you know from the network itself that this one is right, %s",
		s.network.host, why, fingerprint, how)}
}

// whyUntrusted says what is wrong with a certificate. RFC 5280 §6, RFC 6125 §6.
func whyUntrusted(leaf *x509.Certificate, err error) string {
	var (
		wrongName x509.HostnameError
		invalid   x509.CertificateInvalidError
		unknown   x509.UnknownAuthorityError
	)
	switch {
	case errors.As(err, &wrongName):
		names := strings.Join(leaf.DNSNames, ", ")
		if names == "" {
			names = "no host name"
		}
		return "it is for another name (" + names + ")"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && time.Now().Before(leaf.NotBefore):
		return "it is not valid before " + leaf.NotBefore.UTC().Format(time.DateOnly)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "it expired on " + leaf.NotAfter.UTC().Format(time.DateOnly)
	case errors.As(err, &unknown) && bytes.Equal(leaf.RawIssuer, leaf.RawSubject):
		return "it is self-signed, no authority vouches for it"
	case errors.As(err, &unknown):
		return "it was issued by an authority that this gateway does not know (" + leaf.Issuer.CommonName + ")"
	}
	return err.Error()
}

// dialFault says why there is no connection. A Fault of the dialer itself, which may refuse an address, stays as it is.
func dialFault(address string, err error) error {
	var fault *transports.Fault
	var unknown *net.DNSError
	host, port, _ := net.SplitHostPort(address)
	switch {
	case errors.As(err, &fault):
		return fault
	case errors.As(err, &unknown) && unknown.IsNotFound:
		return &transports.Fault{Kind: transports.NotFound, Cause: err, Text: "There is no host " + host + ". Check its name."}
	case errors.Is(err, syscall.ECONNREFUSED):
		return &transports.Fault{Kind: transports.Offline, Cause: err, Text: host + " does not take connections on port " + port + " now."}
	case errors.Is(err, context.DeadlineExceeded):
		return &transports.Fault{Kind: transports.Offline, Cause: err, Text: host + " does not answer on port " + port + "."}
	}
	return &transports.Fault{Kind: transports.Offline, Cause: err, Text: "Cannot connect to " + host + " on port " + port + "."}
}

func tlsFault(address string, err error) error {
	var fault *transports.Fault
	var notTLS tls.RecordHeaderError
	switch {
	case errors.As(err, &fault):
		return fault
	case errors.As(err, &notTLS):
		return &transports.Fault{Kind: transports.Offline, Cause: err, Text: address + " does not speak TLS. Its port for TLS is another one, 6697 as a rule; " +
			"for a server without TLS the operator writes plain: true for the network."}
	case errors.Is(err, context.DeadlineExceeded):
		return &transports.Fault{Kind: transports.Offline, Cause: err, Text: address + " did not answer the TLS handshake."}
	}
	return &transports.Fault{Kind: transports.Offline, Cause: err, Text: "There was no TLS connection with " + address + "."}
}
