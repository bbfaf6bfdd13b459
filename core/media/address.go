package media

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// macSize is how much of the HMAC stands in an address: 128 bits.
const macSize = 16

// address is where our own listener serves a file: its number, until when, a signature over both, and a name by which clients tell what it is.
func (m *Media) address(id int64, until time.Time, name string) string {
	return m.Base + m.token(id, until.Unix()) + "/" + url.PathEscape(name)
}

func (m *Media) token(id, until int64) string {
	signed := strconv.FormatInt(id, 36) + "." + strconv.FormatInt(until, 36)
	return signed + "." + base64.RawURLEncoding.EncodeToString(m.mac(signed))
}

func (m *Media) mac(signed string) []byte {
	h := hmac.New(sha256.New, m.Key)
	h.Write([]byte("file\x00" + signed))
	return h.Sum(nil)[:macSize]
}

// parseToken reads the number and the end of an address that we made ourselves; ok is false for any other.
func (m *Media) parseToken(token string) (id int64, until time.Time, ok bool) {
	at := strings.LastIndexByte(token, '.')
	if at < 0 || len(token) > 64 {
		return 0, until, false
	}
	signed := token[:at]
	mac, err := base64.RawURLEncoding.Strict().DecodeString(token[at+1:])
	if err != nil || subtle.ConstantTimeCompare(mac, m.mac(signed)) != 1 {
		return 0, until, false
	}
	number, end, _ := strings.Cut(signed, ".")
	id, err = strconv.ParseInt(number, 36, 64)
	seconds, err2 := strconv.ParseInt(end, 36, 64)
	return id, time.Unix(seconds, 0), err == nil && err2 == nil
}

// ownToken is the token of an address of our own listener; ok is false for any other address.
func (m *Media) ownToken(address string) (token string, ok bool) {
	if m.Base == "" {
		return "", false
	}
	rest, ok := strings.CutPrefix(address, m.Base)
	token, _, _ = strings.Cut(rest, "/")
	return token, ok
}
