package irc

import (
	"bytes"
	"context"
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

// dial connects to the first address that answers. Its errors are Faults.
func (s *Session) dial(ctx context.Context) (socket net.Conn, err error) {
	for _, address := range s.network.addresses {
		if socket, err = s.dialOne(ctx, address); err == nil || ctx.Err() != nil {
			return socket, err
		}
		s.env.Log.Info("irc: cannot connect", "host", s.network.host, "address", address, "error", err)
		if transports.AsFault(err).Kind != transports.Offline {
			break // another port would say the same
		}
	}
	return nil, err
}

func (s *Session) dialOne(ctx context.Context, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialWithin)
	defer cancel()
	socket, err := s.env.Dial(ctx, "tcp", address)
	if err != nil {
		return nil, dialFault(address, err)
	}
	if s.network.plain {
		return socket, nil
	}
	secured := tls.Client(socket, s.tls())
	if err := secured.HandshakeContext(ctx); err != nil {
		socket.Close()
		return nil, tlsFault(address, err)
	}
	return secured, nil
}

// tls verifies the certificate itself, so that what is wrong with it can be said together with its fingerprint.
func (s *Session) tls() *tls.Config {
	return &tls.Config{
		ServerName:         s.network.host,
		InsecureSkipVerify: true, // VerifyConnection does it
		VerifyConnection: func(state tls.ConnectionState) error {
			leaf := state.PeerCertificates[0]
			sum := sha256.Sum256(leaf.Raw)
			if s.network.fingerprint != nil {
				if bytes.Equal(sum[:], s.network.fingerprint) {
					return nil
				}
				return s.untrusted(sum[:], "it is not the certificate that the operator accepted", nil)
			}
			between := x509.NewCertPool()
			for _, certificate := range state.PeerCertificates[1:] {
				between.AddCert(certificate)
			}
			if _, err := leaf.Verify(x509.VerifyOptions{DNSName: s.network.host, Roots: s.driver.roots, Intermediates: between}); err != nil {
				return s.untrusted(sum[:], whyUntrusted(leaf, err), err)
			}
			return nil
		},
	}
}

func (s *Session) untrusted(sum []byte, why string, cause error) *transports.Fault {
	fingerprint := strings.ReplaceAll(fmt.Sprintf("% X", sum), " ", ":")
	return &transports.Fault{Kind: transports.Untrusted, Cause: cause, Text: fmt.Sprintf(
		"The certificate of %s cannot be trusted: %s. Its SHA-256 fingerprint is %s. If you know from the network itself that "+
			"this one is right, the operator of the gateway can accept it with this line for the network in the configuration: fingerprint: %q",
		s.network.host, why, fingerprint, fingerprint)}
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
