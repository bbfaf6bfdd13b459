package ircserver

import "strings"

// tag is one of a line's. IRCv3 message-tags.
type tag struct{ name, value string }

// message is a line from a client.
type message struct {
	tags    []tag
	command string
	params  []string
}

// out is a line to a client.
type out struct {
	tags    []tag
	from    string
	command string
	params  []string
}

var (
	escape   = strings.NewReplacer(";", `\:`, " ", `\s`, `\`, `\\`, "\r", `\r`, "\n", `\n`)
	unescape = strings.NewReplacer(`\:`, ";", `\s`, " ", `\\`, `\`, `\r`, "\r", `\n`, "\n")
)

func parse(line string) message {
	var m message
	line = strings.TrimRight(line, "\r")
	if strings.HasPrefix(line, "@") {
		var tags string
		tags, line, _ = strings.Cut(line[1:], " ")
		for one := range strings.SplitSeq(tags, ";") {
			name, value, _ := strings.Cut(one, "=")
			m.tags = append(m.tags, tag{name, unescape.Replace(value)})
		}
	}
	line = strings.TrimLeft(line, " ")
	if strings.HasPrefix(line, ":") {
		_, line, _ = strings.Cut(line, " ")
	}
	head, last, trailing := strings.Cut(line, " :")
	words := strings.Fields(head)
	if trailing {
		words = append(words, last)
	}
	if len(words) > 0 {
		m.command, m.params = strings.ToUpper(words[0]), words[1:]
	}
	return m
}

func (m message) param(i int) string {
	if i < len(m.params) {
		return m.params[i]
	}
	return ""
}

func (m message) lookup(name string) (string, bool) {
	for _, t := range m.tags {
		if t.name == name {
			return t.value, true
		}
	}
	return "", false
}

func (m message) tag(name string) string {
	value, _ := m.lookup(name)
	return value
}

// clientTags are the tags that are passed on to others.
func (m message) clientTags() []tag {
	var tags []tag
	for _, t := range m.tags {
		if strings.HasPrefix(t.name, "+") {
			tags = append(tags, t)
		}
	}
	return tags
}

func (o out) has(name string) bool {
	for _, t := range o.tags {
		if t.name == name {
			return true
		}
	}
	return false
}

// render is the line with the tags that are wanted.
func (o out) render(wants func(string) bool) string {
	var b strings.Builder
	sign := byte('@')
	for _, t := range o.tags {
		if !wants(t.name) {
			continue
		}
		b.WriteByte(sign)
		b.WriteString(t.name)
		if t.value != "" {
			b.WriteString("=" + escape.Replace(t.value))
		}
		sign = ';'
	}
	if sign == ';' {
		b.WriteByte(' ')
	}
	b.WriteString(":" + o.from + " " + o.command)
	for i, p := range o.params {
		if i == len(o.params)-1 && (p == "" || strings.Contains(p, " ") || p[0] == ':' || talks[o.command]) {
			b.WriteString(" :" + p)
		} else {
			b.WriteString(" " + p)
		}
	}
	return b.String()
}
