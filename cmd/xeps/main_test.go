package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestTheListsOfExtensionsAreThoseOfTheCode(t *testing.T) {
	for name, want := range pages() {
		got, err := os.ReadFile(filepath.Join("..", "..", "docs", name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("docs/%s is not up to date: make docs (%v)", name, err)
		}
	}
}

func TestTheDescriptionForProgramsIsXML(t *testing.T) {
	for d := xml.NewDecoder(bytes.NewReader(doap())); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
