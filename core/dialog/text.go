package dialog

import (
	"strings"
	"unicode/utf8"

	"isthmus/core/xep"
)

// maxText is how long an answer of the bot may be, in bytes; what is longer is cut with a word on where the whole is.
const maxText = 10_000

// usage shows how the bot is told a command.
func (c *Command) usage() string {
	return "Write: " + strings.Join(c.Words, " ")
}

// helpAll lists what the bot can do.
func helpAll(menu []*Command) string {
	lines := []string{"What I can do:"}
	for _, c := range menu {
		first, _, _ := strings.Cut(c.Help, "\n")
		lines = append(lines, strings.Join(c.Words, " ")+" – "+first)
	}
	lines = append(lines, "I ask for what you leave out. Write “help” and a word to learn more, “cancel” to stop what you have begun.")
	return strings.Join(lines, "\n")
}

// help tells all about the command that is asked for, or lists them all.
func help(menu []*Command, about []word) string {
	if len(about) == 0 {
		return helpAll(menu)
	}
	for _, c := range menu {
		if strings.EqualFold(c.Words[0], about[0].text) {
			return c.help()
		}
	}
	return unknown(menu, about[0].text)
}

func unknown(menu []*Command, typed string) string {
	text := "I do not know that word."
	if likely := suggest(menu, typed); likely != "" {
		text += " Did you mean “" + likely + "”?"
	}
	return text + " Write “help” to see what I can do."
}

// help tells all about one command.
func (c *Command) help() string {
	text := c.Name + ". " + c.Help + "\n" + c.usage()
	if len(c.Words) > 1 {
		text += "\nPut quotes around what has spaces in it. I ask for what you leave out."
	}
	return text
}

// intro is what stands above the questions of a form.
func intro(form *xep.Form) []string {
	var lines []string
	for _, line := range []string{form.Title, form.Instructions} {
		if line != "" {
			lines = append(lines, line)
		}
	}
	for i := range form.Fields {
		if f := &form.Fields[i]; f.Kind == xep.Fixed {
			lines = append(lines, shown(f, f.Values))
		}
	}
	return lines
}

// sheet shows the fields of a form that may all be left as they are, and says how to change them.
func sheet(form *xep.Form) []string {
	var lines []string
	example := ""
	for i := range form.Fields {
		f := &form.Fields[i]
		if f.Kind == xep.Fixed || f.Kind == xep.Hidden {
			continue
		}
		if example == "" {
			example = f.Name
		}
		line := f.Name + " = " + strings.ReplaceAll(shown(f, f.Values), "\n", " / ")
		switch {
		case f.Kind == xep.Secret:
			line = f.Name + " (not shown)"
		case f.Kind == xep.Choice || f.Kind == xep.Choices:
			line += " (" + options(f) + ")"
		}
		if f.Label != "" {
			line += " – " + f.Label
		}
		lines = append(lines, line)
	}
	if example == "" {
		return append(lines, "Write “ok” to go on, or “cancel”.")
	}
	return append(lines, "To change something, write its name, = and the new value, such as: "+example+"=…", "Write “ok” when it is right, or “cancel”.")
}

func options(f *xep.Field) string {
	var all []string
	for _, o := range f.Options {
		all = append(all, o.Text())
	}
	return strings.Join(all, ", ")
}

// reported writes a report for a person to read.
func reported(r *xep.Report) []string {
	lines := intro(&xep.Form{Title: r.Title, Instructions: r.Instructions})
	for i := range r.Fields {
		f := &r.Fields[i]
		value := shown(f, f.Values)
		switch {
		case f.Kind == xep.Hidden || value == "":
			continue
		case f.Title() == "":
			lines = append(lines, value)
		case strings.Contains(value, "\n"):
			lines = append(lines, f.Title()+":\n"+value)
		default:
			lines = append(lines, f.Title()+": "+value)
		}
	}
	if len(r.Reported) == 0 {
		return lines
	}
	if len(r.Items) == 0 {
		return append(lines, "There is nothing to list.")
	}
	var head []string
	for i := range r.Reported {
		head = append(head, r.Reported[i].Title())
	}
	lines = append(lines, strings.Join(head, " | "))
	for _, item := range r.Items {
		var row []string
		for i := range r.Reported {
			f := &r.Reported[i]
			row = append(row, strings.ReplaceAll(shown(f, item[f.Name]), "\n", " / "))
		}
		lines = append(lines, strings.Join(row, " | "))
	}
	return lines
}

// body joins the lines of an answer, and cuts what is too long for a message.
func body(lines []string) string {
	text := strings.Join(lines, "\n")
	if len(text) <= maxText {
		return text
	}
	end := strings.LastIndexByte(text[:maxText], '\n')
	if end < maxText/2 {
		for end = maxText; !utf8.RuneStart(text[end]); end-- {
		}
	}
	return text[:end] + "\n… There is more than fits into a message. The list of commands of your client shows the whole."
}
