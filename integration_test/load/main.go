// Load measures the speed and the memory of the whole path: the gateway as it is run, between an XMPP server and an IRC server that are
// this process, over real sockets. What is measured is what the kernel says of the gateway's process.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"
)

func main() {
	var program, against, only, doc string
	var small bool
	flag.StringVar(&program, "program", "", "the gateway to measure; built from ./cmd/isthmus where none is named")
	flag.StringVar(&against, "against", "", "another gateway that is measured in turn with it; ratios are to this one")
	flag.StringVar(&only, "only", "", "a regular expression: the rows to measure")
	flag.StringVar(&doc, "doc", "", "a document into which the table is put, between its marks")
	flag.StringVar(&profiles, "profiles", "", "a folder where profiles are kept")
	flag.BoolVar(&small, "small", false, "small numbers, to see that it runs")
	flag.Parse()
	if err := run(program, against, only, doc, small); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(program, against, only, doc string, small bool) error {
	wanted, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	if program == "" {
		dir, err := os.MkdirTemp("", "load-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		program = filepath.Join(dir, "isthmus")
		build := exec.Command("go", "build", "-trimpath", "-o", program, "isthmus/cmd/isthmus")
		build.Stderr = os.Stderr
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if err := build.Run(); err != nil {
			return fmt.Errorf("building the gateway: %w", err)
		}
	}
	table := heading(against != "")
	fmt.Print(table)
	for _, r := range rows(small) {
		if !wanted.MatchString(r.name) {
			continue
		}
		line, err := r.line(program, against)
		if err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
		fmt.Print(line)
		table += line
	}
	if doc == "" {
		return nil
	}
	return keep(doc, "Measured on "+time.Now().Format("2 January 2006")+" with "+runtime.Version()+", "+fmt.Sprint(runtime.NumCPU())+" processors shared with the load program. "+always+"\n\n"+table)
}

// line measures a row.
func (r row) line(program, against string) (string, error) {
	now, err := r.measure(program)
	if err != nil {
		return "", err
	}
	if against == "" {
		return fmt.Sprintf("| %s | %s | %s | %s |\n", r.name, r.on, list(now), r.aim), nil
	}
	was, err := r.measure(against)
	if err != nil {
		return "", err
	}
	var ratios []string
	for i := range now {
		if was[i].value != 0 {
			ratios = append(ratios, fmt.Sprintf("%.2f", now[i].value/was[i].value))
		}
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %s |\n", r.name, r.on, list(now), r.aim, list(was), strings.Join(ratios, ", ")), nil
}

func heading(ratios bool) string {
	if ratios {
		return "| what | with | measured | aim | the other | ratios |\n|---|---|---|---|---|---|\n"
	}
	return "| what | with | measured | aim |\n|---|---|---|---|\n"
}
