package servers

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// certificate is a self-signed certificate in the files cert.pem and key.pem of a folder.
type certificate struct {
	certPath, keyPath string
	fingerprint       string // SHA-256 of the DER form, lower-case hex
}

// certificateIn gives the folder's certificate and makes one if there is none, so that a restart keeps it.
func certificateIn(dir string, owner *account) (certificate, error) {
	c := certificate{certPath: filepath.Join(dir, "cert.pem"), keyPath: filepath.Join(dir, "key.pem")}
	if _, err := os.Stat(c.certPath); os.IsNotExist(err) {
		if err := c.make(); err != nil {
			return c, fmt.Errorf("make the certificate %s: %w", c.certPath, err)
		}
	}
	text, err := os.ReadFile(c.certPath)
	if err != nil {
		return c, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return c, fmt.Errorf("%s holds no PEM block: remove it, and it will be made again", c.certPath)
	}
	sum := sha256.Sum256(block.Bytes)
	c.fingerprint = hex.EncodeToString(sum[:])
	return c, owner.own(c.certPath, c.keyPath)
}

func (c certificate) make() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	now := time.Now()
	form := &x509.Certificate{
		SerialNumber:          big.NewInt(now.UnixNano()),
		Subject:               pkix.Name{CommonName: "localhost"},
		DNSNames:              []string{"localhost", "*.localhost"},
		IPAddresses:           []net.IP{net.ParseIP(loopback)},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.AddDate(10, 0, 0),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	if err != nil {
		return err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := os.WriteFile(c.keyPath, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}), 0o600); err != nil {
		return err
	}
	return os.WriteFile(c.certPath, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644)
}
