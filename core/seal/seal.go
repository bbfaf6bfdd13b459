// Package seal keeps secrets unreadable at rest: a file beside the store holds the keys, and who has the store alone has nothing.
package seal

import (
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"

	"golang.org/x/crypto/chacha20poly1305"
)

var (
	// ErrNoKey is what Open returns for what another key has sealed.
	ErrNoKey = errors.New("sealed with a key that is missing")
	// ErrBroken is what Open returns for what was altered, or moved from where it was sealed for.
	ErrBroken = errors.New("not what was sealed here")
)

// Keys are the keys of a file. They do not change; their methods may be called from any goroutine.
type Keys struct {
	path string
	keys []key // the newest first; at least one
}

// key is one secret key and the name by which what it sealed tells it.
type key struct {
	name string
	aead cipher.AEAD
}

// version begins all that is sealed: XChaCha20-Poly1305 with a nonce of 24 random bytes before the ciphertext.
const version = "s1"

// encoding takes one text only for the same bytes.
var encoding = base64.RawURLEncoding.Strict()

// Seal makes of a secret a text of ASCII characters without spaces, quotes or backslashes, "s1.<key>.<base64>", with the newest
// key. It can be opened with the same context only: a text that says what the secret is for.
func (k *Keys) Seal(plain []byte, context string) []byte {
	newest := k.keys[0]
	nonce := make([]byte, newest.aead.NonceSize(), newest.aead.NonceSize()+len(plain)+newest.aead.Overhead())
	_, _ = rand.Read(nonce) // never fails (crypto/rand)
	sealed := newest.aead.Seal(nonce, nonce, plain, []byte(context))
	return encoding.AppendEncode([]byte(version+"."+newest.name+"."), sealed)
}

// Open gives back what Seal took. Its error is ErrNoKey, with what to do about it, or ErrBroken.
func (k *Keys) Open(sealed []byte, context string) ([]byte, error) {
	name, text, err := parse(sealed)
	if err != nil {
		return nil, err
	}
	for _, key := range k.keys {
		if key.name != name {
			continue
		}
		content, err := encoding.DecodeString(text)
		if err != nil || len(content) < key.aead.NonceSize() {
			return nil, ErrBroken
		}
		n := key.aead.NonceSize()
		plain, err := key.aead.Open(nil, content[:n], content[n:], []byte(context))
		if err != nil {
			return nil, ErrBroken
		}
		return plain, nil
	}
	return nil, fmt.Errorf("%w: the file %s does not have the key %s: restore it from the backup, or set the secret again", ErrNoKey, k.path, name)
}

// Stale tells whether something was sealed with another key than the newest.
func (k *Keys) Stale(sealed []byte) bool {
	name, _, err := parse(sealed)
	return err != nil || name != k.keys[0].name
}

func parse(sealed []byte) (name, text string, err error) {
	parts := bytes.Split(sealed, []byte("."))
	if len(parts) != 3 || string(parts[0]) != version {
		return "", "", ErrBroken
	}
	return string(parts[1]), string(parts[2]), nil
}

// newKey takes keySize bytes.
func newKey(secret []byte) key {
	aead, err := chacha20poly1305.NewX(secret)
	if err != nil {
		panic(err) // only for another size
	}
	return key{name: nameOf(secret), aead: aead}
}
