package main

import (
	"fmt"
	"math"
	"os"
	"strings"
)

// figure is a value that was measured; the first of a row is the one that is compared.
type figure struct {
	value float64
	unit  string // µs, ms, s, kB, MB, /s
	label string
}

func (f figure) String() string {
	digits := 0
	if f.value != 0 {
		digits = max(0, 1-int(math.Floor(math.Log10(math.Abs(f.value)))))
	}
	value := fmt.Sprintf("%.*f", digits, f.value)
	if f.unit == "/s" {
		value = fmt.Sprintf("%.1fk", f.value/1e3)
		if f.value >= 1e4 {
			value = fmt.Sprintf("%.0fk", f.value/1e3)
		}
		return strings.TrimSpace(value + " " + f.label + "/s")
	}
	return strings.TrimSpace(value + " " + f.unit + " " + f.label)
}

func list(figures []figure) string {
	all := make([]string, len(figures))
	for i, f := range figures {
		all[i] = f.String()
	}
	return strings.Join(all, ", ")
}

const (
	beginMark = "<!-- written by make bench: begin -->"
	endMark   = "<!-- written by make bench: end -->"
)

// keep puts a table between the marks of a document.
func keep(path, table string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(text), beginMark)
	_, after, ok2 := strings.Cut(rest, endMark)
	if !ok || !ok2 {
		return fmt.Errorf("%s has not the two lines %q and %q, between which the table belongs", path, beginMark, endMark)
	}
	return os.WriteFile(path, []byte(before+beginMark+"\n"+table+endMark+after), 0o644)
}
