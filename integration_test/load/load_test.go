package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What is measured is checked as it is measured: that everything came, in its order. No times are looked at.
func TestEveryRowCanBeMeasured(t *testing.T) {
	program := filepath.Join(t.TempDir(), "isthmus")
	if out, err := exec.Command("go", "build", "-race", "-o", program, "isthmus/cmd/isthmus").CombinedOutput(); err != nil {
		t.Fatalf("building the gateway: %v\n%s", err, out)
	}
	for _, r := range rows(true) {
		t.Run(r.name+", "+r.on, func(t *testing.T) {
			figures, err := r.measure(program)
			if err != nil {
				t.Fatal(err)
			}
			if len(figures) == 0 {
				t.Error("nothing was measured")
			}
		})
	}
}

func TestTheTableIsPutBetweenTheMarks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "speed.md")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("before\n" + beginMark + "\nold\n" + endMark + "\nafter\n")
	if err := keep(path, "| new |\n"); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(path); string(got) != "before\n"+beginMark+"\n| new |\n"+endMark+"\nafter\n" {
		t.Errorf("the document is now\n%s", got)
	}
	write("no marks")
	if err := keep(path, "| new |\n"); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a document without marks gave %v", err)
	}
}

func TestFiguresHaveTwoDigitsThatCount(t *testing.T) {
	for f, want := range map[figure]string{
		{2.345, "µs", "a stanza"}: "2.3 µs a stanza", {0.0452, "s", ""}: "0.045 s", {123.4, "MB", "RSS"}: "123 MB RSS",
		{211_234, "/s", "stanzas"}: "211k stanzas/s", {1_234, "/s", "rows"}: "1.2k rows/s", {0, "%", ""}: "0 %",
	} {
		if got := f.String(); got != want {
			t.Errorf("%v is written %q, want %q", f.value, got, want)
		}
	}
}
