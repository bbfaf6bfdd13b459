package seal

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func refused(t *testing.T, file, says string) {
	t.Helper()
	_, opening := Open(file)
	for what, err := range map[string]error{"Open": opening, "Check": Check(file), "Rotate": Rotate(file)} {
		if err == nil || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s should say %q: %v", what, says, err)
		}
	}
}

func TestTheKeyFileIsForItsOwnerOnly(t *testing.T) {
	file := path(t)
	opened(t, file)
	for range 2 {
		info, err := os.Stat(file)
		if err != nil || info.Mode() != 0o600 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
		rotated(t, file)
	}
	if names, _ := filepath.Glob(filepath.Join(filepath.Dir(file), "*")); len(names) != 1 {
		t.Errorf("there are other files left: %v", names)
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o660, 0o644} {
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
		refused(t, file, "can be read by others")
	}
}

func TestABrokenKeyFileIsNeverReplaced(t *testing.T) {
	for content, says := range map[string]string{
		"":                           "has no key: restore it from the backup",
		"# only\n\n":                 "has no key",
		header + "not base64!\n":     "line 3 is no key",
		"c2hvcnQ=\n":                 "line 1 is no key",
		line() + line()[:20] + "\n":  "line 2 is no key",
		strings.Repeat("\x00", 4096): "is no key",
	} {
		file := path(t)
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		refused(t, file, says)
		if after, err := os.ReadFile(file); err != nil || string(after) != content {
			t.Errorf("the file was changed to %q: %v", after, err)
		}
	}
}

func TestAFileThatCannotBeMadeIsNamed(t *testing.T) {
	refused(t, filepath.Join(t.TempDir(), "missing", "isthmus.key"), "cannot be created")
	folder := t.TempDir()
	if _, err := Open(folder); err == nil {
		t.Error("a folder was opened")
	}
}

func TestACheckCreatesNothing(t *testing.T) {
	file := path(t)
	if err := Check(file); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("there is a file: %v", err)
	}
}

func TestTheNewestKeyIsTheFirstInTheFile(t *testing.T) {
	file := path(t)
	was := opened(t, file)
	k := rotated(t, file)
	if len(k.keys) != 2 || k.keys[1].name != was.keys[0].name || k.keys[0].name == was.keys[0].name {
		t.Errorf("%v, %v", k.keys, was.keys)
	}
	content, err := os.ReadFile(file)
	if err != nil || strings.Count(string(content), "Keys of Isthmus") != 1 {
		t.Errorf("%v: %s", err, strings.Split(string(content), "\n")[0])
	}
}

func TestRotatingAFileThatIsMissingCreatesIt(t *testing.T) {
	if k := rotated(t, path(t)); len(k.keys) != 1 {
		t.Errorf("it has %d keys", len(k.keys))
	}
}

func TestTwoProcessesThatStartTogetherHaveOneKey(t *testing.T) {
	file := path(t)
	var group sync.WaitGroup
	var all [8]*Keys
	for i := range all {
		group.Go(func() {
			k, err := Open(file)
			if err != nil {
				t.Error(err)
			}
			all[i] = k
		})
	}
	group.Wait()
	for _, k := range all {
		if k == nil || len(k.keys) != 1 || k.keys[0].name != all[0].keys[0].name {
			t.Fatalf("the processes have different keys: %+v", all)
		}
	}
}
