package seal

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/crypto/chacha20poly1305"
)

const keySize = chacha20poly1305.KeySize

const header = `# Keys of Isthmus for the secrets in its store, the newest first. Whoever has this file and the store can read them.
# Keep a copy of it in another place than the backups of the store: without it, people have to set their passwords again.
`

// Open reads the keys of a file, or creates it with a first key, for the eyes of its user only. It refuses a file that others
// may read. Its errors name the file and say what to do.
func Open(path string) (*Keys, error) {
	k, err := read(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	if err := create(path); err != nil && !errors.Is(err, fs.ErrExist) { // another process may have been faster
		return nil, err
	}
	return read(path)
}

// Check tells what is wrong with a file of keys, without creating one that is missing.
func Check(path string) error {
	if _, err := read(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return fmt.Errorf("the key file %s cannot be created: %w: create the folder", path, err)
	}
	return nil
}

// Rotate puts a new key before those of a file, which it creates where it is missing. Afterwards Seal uses the new key, and what
// the old ones have sealed is Stale but can be opened. A process that has opened the file before does not see the new key.
func Rotate(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return create(path)
	}
	if _, err := read(path); err != nil {
		return err
	}
	old, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("the key file %s: %w", path, err)
	}
	content := append([]byte(header+line()), bytes.TrimPrefix(old, []byte(header))...)
	if err := replace(path, content, info); err != nil {
		return fmt.Errorf("the key file %s cannot be replaced, and is as it was: %w: run this as the user that owns it", path, err)
	}
	return nil
}

func read(path string) (*Keys, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the key file %s cannot be read: %w: run this as the user that owns it", path, errors.Unwrap(err))
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("the key file %s: %w", path, err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("the key file %s can be read by others than its owner (its mode is %04o): chmod 600 it, and rotate the key if somebody may have read it", path, mode)
	}
	content, err := io.ReadAll(io.LimitReader(file, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("the key file %s cannot be read: %w", path, err)
	}
	k := &Keys{path: path}
	for i, text := range strings.Split(string(content), "\n") {
		text = strings.TrimSpace(text)
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		secret, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(secret) != keySize {
			return nil, fmt.Errorf("the key file %s: line %d is no key: restore the file from the backup", path, i+1)
		}
		k.keys = append(k.keys, newKey(secret))
	}
	if len(k.keys) == 0 {
		return nil, fmt.Errorf("the key file %s has no key: restore it from the backup, or remove it if there is none", path)
	}
	return k, nil
}

// line is a new key as the file has it.
func line() string {
	secret := make([]byte, keySize)
	_, _ = rand.Read(secret) // never fails (crypto/rand)
	return base64.StdEncoding.EncodeToString(secret) + "\n"
}

// nameOf tells keys apart and says nothing of them.
func nameOf(secret []byte) string {
	sum := sha256.Sum256(append([]byte("isthmus key name "), secret...))
	return hex.EncodeToString(sum[:6])
}

// create makes a file with one key. It fails where there is one.
func create(path string) error {
	temporary, err := write(path, []byte(header+line()), nil)
	if err == nil {
		defer os.Remove(temporary)
		err = os.Link(temporary, path) // unlike a rename, it never takes a file's place
	}
	if err == nil {
		err = syncFolder(path)
	}
	if err != nil {
		return fmt.Errorf("the key file %s cannot be created: %w: make its folder, and let the user that runs this program write to it", path, err)
	}
	return nil
}

// replace puts a file in the place of another one in one step, with the same owner.
func replace(path string, content []byte, like fs.FileInfo) error {
	temporary, err := write(path, content, like)
	if err != nil {
		return err
	}
	if err := os.Rename(temporary, path); err != nil {
		os.Remove(temporary)
		return err
	}
	return syncFolder(path)
}

// write makes a file beside path that its owner alone may read, who is the owner of like unless that is nil.
func write(path string, content []byte, like fs.FileInfo) (temporary string, err error) {
	file, err := os.CreateTemp(filepath.Dir(path), ".isthmus-key-") // with mode 0600
	if err != nil {
		return "", err
	}
	defer func() {
		if closed := file.Close(); err == nil {
			err = closed
		}
		if err != nil {
			os.Remove(file.Name())
		}
	}()
	if like != nil {
		if owner, ok := like.Sys().(*syscall.Stat_t); ok && int(owner.Uid) != os.Geteuid() {
			if err := file.Chown(int(owner.Uid), int(owner.Gid)); err != nil {
				return "", err
			}
		}
	}
	if _, err := file.Write(content); err != nil {
		return "", err
	}
	return file.Name(), file.Sync()
}

// syncFolder makes sure that the file's name survives a loss of power: what is sealed next must not outlive its key.
func syncFolder(path string) error {
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}
