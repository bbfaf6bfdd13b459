package xep

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestExtensionsAreInOrderAndComplete(t *testing.T) {
	if !slices.IsSortedFunc(Table, func(a, b Extension) int { return strings.Compare(a.Number, b.Number) }) {
		t.Error("the numbers are not sorted")
	}
	for i, e := range Table {
		if !regexp.MustCompile(`^\d{4}$`).MatchString(e.Number) || e.Name == "" || e.Version == "" {
			t.Errorf("incomplete: %+v", e)
		}
		if i > 0 && Table[i-1].Number == e.Number {
			t.Errorf("%s is there twice", e.Number)
		}
	}
}

// isPart finds the features that belong to Multi-User Chat and have no namespace of their own (XEP-0045 §6.4).
func isPart(feature string) bool { return strings.HasPrefix(feature, "muc_") }

func TestDiscoveryAnnouncesWhatTheTableSaysAndNothingElse(t *testing.T) {
	announced, promised := map[string]bool{}, map[string]bool{}
	for _, i := range everyInfo() {
		for _, f := range i.Features {
			announced[f] = true
		}
	}
	for _, e := range Table {
		for _, f := range e.Features {
			promised[f] = true
			if !announced[f] {
				t.Errorf("XEP-%s: %s is announced nowhere", e.Number, f)
			}
		}
	}
	for f := range announced {
		if !promised[f] && !isPart(f) {
			t.Errorf("%s is announced but in no line of the table", f)
		}
	}
}

var citation = regexp.MustCompile(`XEP-(\d{4})`)

func TestEveryExtensionIsCitedWhereItIsObeyed(t *testing.T) {
	cited := map[string]bool{}
	for _, folder := range []string{"..", filepath.Join("..", "..", "mapping")} {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || filepath.Base(path) == "table.go" ||
				!strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			code, err := os.ReadFile(path)
			for _, m := range citation.FindAllSubmatch(code, -1) {
				cited[string(m[1])] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, e := range Table {
		if !cited[e.Number] {
			t.Errorf("XEP-%s (%s) is in the table but cited by no code", e.Number, e.Name)
		}
	}
}

func TestEveryFileHereIsOfAnExtensionAndHasATest(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		if _, err := os.Stat(strings.TrimSuffix(name, ".go") + "_test.go"); err != nil {
			t.Errorf("%s has no test", name)
		}
		code, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if name != "table.go" && !citation.Match(code) {
			t.Errorf("%s cites no extension", name)
		}
	}
}
