package irc

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"

	"golang.org/x/text/secure/precis"
)

const (
	scramAtLeast = 4096      // iterations; RFC 7677 §4
	scramAtMost  = 1_000_000 // a server must not keep us computing
)

// scram is the client's side of SCRAM-SHA-256 without channel binding: RFC 5802 §3, RFC 7677. The server proves that it
// knows the password too.
type scram struct {
	password  string
	nonce     string
	first     string // what was sent first, without its header
	signature []byte // what the server must prove itself with
	verified  bool
}

// begin is the client's first message.
func (s *scram) begin(user, password, nonce string) string {
	s.password, s.nonce = password, nonce
	if prepared, err := precis.OpaqueString.String(password); err == nil {
		s.password = prepared
	}
	s.first = "n=" + strings.NewReplacer("=", "=3D", ",", "=2C").Replace(user) + ",r=" + nonce
	return "n,," + s.first
}

// next answers the server's message. It is false where that is not what it must be.
func (s *scram) next(message string) (answer string, ok bool) {
	if s.signature != nil {
		proof, found := strings.CutPrefix(message, "v=")
		sum, err := base64.StdEncoding.DecodeString(proof)
		s.verified = found && err == nil && hmac.Equal(sum, s.signature)
		return "", s.verified
	}
	parts := strings.Split(message, ",")
	if len(parts) < 3 || !strings.HasPrefix(parts[0], "r="+s.nonce) || len(parts[0]) == len("r="+s.nonce) || !strings.HasPrefix(parts[1], "s=") || !strings.HasPrefix(parts[2], "i=") {
		return "", false
	}
	salt, err := base64.StdEncoding.DecodeString(parts[1][2:])
	rounds, bad := strconv.Atoi(parts[2][2:])
	if err != nil || bad != nil || rounds < scramAtLeast || rounds > scramAtMost {
		return "", false
	}
	salted, err := pbkdf2.Key(sha256.New, s.password, salt, rounds, sha256.Size)
	if err != nil {
		return "", false
	}
	final := "c=biws," + parts[0]
	signed := s.first + "," + message + "," + final
	key := mac(salted, "Client Key")
	stored := sha256.Sum256(key)
	proof := mac(stored[:], signed)
	for i := range proof {
		proof[i] ^= key[i]
	}
	s.signature = mac(mac(salted, "Server Key"), signed)
	return final + ",p=" + base64.StdEncoding.EncodeToString(proof), true
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
