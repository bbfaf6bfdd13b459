package seal

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func path(t testing.TB) string { return filepath.Join(t.TempDir(), "isthmus.key") }

func opened(t testing.TB, path string) *Keys {
	t.Helper()
	k, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func rotated(t testing.TB, path string) *Keys {
	t.Helper()
	if err := Rotate(path); err != nil {
		t.Fatal(err)
	}
	return opened(t, path)
}

func TestASecretComesBackAfterARestart(t *testing.T) {
	file := path(t)
	for _, secret := range []string{"", "hunter2", "ä\x00\xff", strings.Repeat("long", 5000)} {
		sealed := opened(t, file).Seal([]byte(secret), "alice")
		got, err := opened(t, file).Open(sealed, "alice")
		if err != nil || string(got) != secret {
			t.Errorf("%q came back as %q: %v", secret, got, err)
		}
		if len(secret) > 1 && bytes.Contains(sealed, []byte(secret)) {
			t.Errorf("%q can be read in %s", secret, sealed)
		}
		if other := opened(t, file).Seal([]byte(secret), "alice"); bytes.Equal(sealed, other) {
			t.Error("one can see that two secrets are the same")
		}
	}
}

func TestASecretOpensOnlyWhereItWasSealedFor(t *testing.T) {
	k := opened(t, path(t))
	sealed := k.Seal([]byte("hunter2"), "alice")
	if _, err := k.Open(sealed, "mallory"); !errors.Is(err, ErrBroken) {
		t.Errorf("moved: %v", err)
	}
	for i := range sealed {
		altered := bytes.Clone(sealed)
		if altered[i] = 'A'; sealed[i] == 'A' {
			altered[i] = 'B'
		}
		if got, err := k.Open(altered, "alice"); err == nil {
			t.Errorf("%s was opened: %q", altered, got)
		}
	}
}

func TestAfterARotationOldSecretsCanStillBeRead(t *testing.T) {
	file := path(t)
	first := opened(t, file)
	old := first.Seal([]byte("hunter2"), "alice")
	if first.Stale(old) {
		t.Error("new and stale")
	}
	for range 3 {
		k := rotated(t, file)
		if !k.Stale(old) {
			t.Error("what an old key has sealed is not stale")
		}
		if got, err := k.Open(old, "alice"); err != nil || string(got) != "hunter2" {
			t.Errorf("got %q: %v", got, err)
		}
		fresh := k.Seal([]byte("hunter2"), "alice")
		if k.Stale(fresh) {
			t.Error("new and stale")
		}
		if _, err := first.Open(fresh, "alice"); !errors.Is(err, ErrNoKey) { // opened before the rotation
			t.Errorf("got %v", err)
		}
	}
}

func TestALostKeyIsSaidSo(t *testing.T) {
	file := path(t)
	sealed := opened(t, file).Seal([]byte("hunter2"), "alice")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	_, err := opened(t, file).Open(sealed, "alice")
	if !errors.Is(err, ErrNoKey) || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), "restore it from the backup, or set the secret again") {
		t.Errorf("got %v", err)
	}
}

func FuzzOpen(f *testing.F) {
	k := opened(f, path(f))
	f.Add([]byte("s1.0123456789ab.AAAA"))
	f.Add(k.Seal([]byte("x"), "other"))
	f.Add([]byte("s1." + k.keys[0].name + "."))
	f.Add([]byte(".."))
	f.Fuzz(func(t *testing.T, sealed []byte) {
		if got, err := k.Open(sealed, "alice"); err == nil {
			t.Errorf("%q was opened: %q", sealed, got)
		}
		k.Stale(sealed)
	})
}
