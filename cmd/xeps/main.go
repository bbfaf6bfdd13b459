// Command xeps writes the lists of extensions that Isthmus speaks, for people (docs/xeps.md) and for programs (docs/isthmus.doap), from
// the table that the code obeys. Its argument is the folder; `make docs` calls it.
package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"isthmus/core/xep"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: xeps FOLDER")
		os.Exit(2)
	}
	for name, text := range pages() {
		if err := os.WriteFile(filepath.Join(os.Args[1], name), text, 0o644); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// pages are the files, by name.
func pages() map[string][]byte {
	return map[string][]byte{"xeps.md": page(), "isthmus.doap": doap()}
}

func page() []byte {
	var b bytes.Buffer
	b.WriteString("# What Isthmus speaks\n\nMade by `make docs` from [core/xep/table.go](../core/xep/table.go); [isthmus.doap](isthmus.doap) says the same to programs.\n\n" +
		"| | extension | version | which part |\n|---|---|---|---|\n")
	for _, e := range xep.Table {
		part := e.Part
		if part == "" {
			part = "all of it"
		}
		fmt.Fprintf(&b, "| [XEP-%s](https://xmpp.org/extensions/xep-%s.html) | %s | %s | %s |\n", e.Number, e.Number, e.Name, e.Version, strings.ReplaceAll(part, "|", `\|`))
	}
	b.WriteString("\nBeside these: RFC 6120, 6121 and 7622 as far as they concern a component.\n")
	return b.Bytes()
}

// doap is the description of a project as xmpp.org reads it (XEP-0453).
func doap() []byte {
	var b bytes.Buffer
	b.WriteString(`<?xml version='1.0' encoding='UTF-8'?>
<rdf:RDF xmlns='http://usefulinc.com/ns/doap#' xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:xmpp='https://linkmauve.fr/ns/xmpp-doap#'>
  <Project>
    <name>Isthmus</name>
    <shortdesc xml:lang='en'>A gateway between XMPP and other chat networks</shortdesc>
    <programming-language>Go</programming-language>
    <os>Linux</os>
    <category rdf:resource='https://linkmauve.fr/ns/xmpp-doap#category-component'/>
    <implements rdf:resource='https://xmpp.org/rfcs/rfc6120.html'/>
    <implements rdf:resource='https://xmpp.org/rfcs/rfc6121.html'/>
    <implements rdf:resource='https://xmpp.org/rfcs/rfc7622.html'/>
`)
	for _, e := range xep.Table {
		status, note := "complete", ""
		if e.Part != "" {
			status, note = "partial", "        <xmpp:note xml:lang='en'>"+escaped(e.Part)+"</xmpp:note>\n"
		}
		fmt.Fprintf(&b, `    <implements>
      <xmpp:SupportedXep>
        <xmpp:xep rdf:resource='https://xmpp.org/extensions/xep-%s.html'/>
        <xmpp:status>%s</xmpp:status>
        <xmpp:version>%s</xmpp:version>
%s      </xmpp:SupportedXep>
    </implements>
`, e.Number, status, escaped(e.Version), note)
	}
	b.WriteString("  </Project>\n</rdf:RDF>\n")
	return b.Bytes()
}

func escaped(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer takes everything
	return b.String()
}
