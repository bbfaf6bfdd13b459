package dialog

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"isthmus/core/xep"
)

// keep is what a person sends to leave a value as it is.
const keep = "."

// question asks for one field.
func question(c *Command, f *xep.Field) string {
	var b strings.Builder
	b.WriteString(f.Title())
	if f.Kind == xep.Switch {
		b.WriteString(" (yes or no)")
	}
	b.WriteString("?")
	if f.Help != "" {
		b.WriteString(" " + f.Help)
	}
	for i, o := range f.Options {
		if numbered(f) {
			fmt.Fprintf(&b, "\n%d. %s", i+1, o.Text())
		} else {
			b.WriteString("\n" + o.Value + ": " + o.Text())
		}
	}
	if f.Kind == xep.Choices {
		b.WriteString("\nYou may name several, with commas between them.")
	}
	if now := shown(f, f.Values); now != "" && len(f.Values) > 0 {
		b.WriteString("\nNow: " + now + ". Write " + keep + " to keep it.")
	}
	if f.Kind == xep.Secret {
		b.WriteString("\n" + secretWarning(c))
	}
	return b.String()
}

// secretWarning says what becomes of a secret that is written to a bot.
func secretWarning(c *Command) string {
	text := "Be careful: what you write here stays in the history of this chat."
	if c.Node != "" {
		text += " To avoid that, use the command “" + c.Name + "” in the list of commands of your client."
	}
	return text
}

// numbered tells whether the options of a field are chosen by number, which would not do where they are numbers themselves.
func numbered(f *xep.Field) bool {
	return !slices.ContainsFunc(f.Options, func(o xep.Option) bool {
		_, err := strconv.Atoi(o.Value)
		return err == nil
	})
}

// understand makes of what a person wrote the values that they mean. problem is a text for the person, empty where there is none.
func understand(f *xep.Field, text string) (values []string, problem string) {
	if text == keep && len(f.Values) > 0 && f.Kind != xep.Secret {
		return f.Check(f.Values)
	}
	switch f.Kind {
	case xep.Switch:
		values = []string{switched(text)}
	case xep.Choice:
		values = []string{chosen(f, text)}
	case xep.Choices:
		for part := range strings.SplitSeq(text, ",") {
			values = append(values, chosen(f, strings.TrimSpace(part)))
		}
	case xep.JIDs:
		values = strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(", \t\r\n", r) })
	default:
		values = []string{text}
	}
	return f.Check(values)
}

// switched reads yes and no; what is neither stays as it is, and Check refuses it.
func switched(text string) string {
	switch strings.ToLower(text) {
	case "yes", "y", "on":
		return "true"
	case "no", "n", "off":
		return "false"
	}
	return strings.ToLower(text)
}

// chosen reads an option by its value, its label or its number; what is none stays as it is, and Check refuses it.
func chosen(f *xep.Field, text string) string {
	for _, o := range f.Options {
		if strings.EqualFold(o.Value, text) || strings.EqualFold(o.Text(), text) {
			return o.Value
		}
	}
	if n, err := strconv.Atoi(text); err == nil && numbered(f) && n >= 1 && n <= len(f.Options) {
		return f.Options[n-1].Value
	}
	return text
}

// shown writes values for a person to read, empty where there are none or they are secret.
func shown(f *xep.Field, values []string) string {
	var all []string
	if f.Kind == xep.Switch && len(values) == 0 { // XEP-0004 §3.3: the default is false
		return "no"
	}
	for _, v := range values {
		switch {
		case f.Kind == xep.Secret, f.Kind == xep.Hidden, v == "":
			continue
		case f.Kind == xep.Switch && (v == "true" || v == "1"):
			v = "yes"
		case f.Kind == xep.Switch:
			v = "no"
		}
		for _, o := range f.Options {
			if o.Value == v {
				v = o.Text()
			}
		}
		all = append(all, v)
	}
	if f.Kind == xep.Lines || f.Kind == xep.Fixed {
		return strings.Join(all, "\n")
	}
	return strings.Join(all, ", ")
}
