package dialog

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"isthmus/core/xep"
)

// word is one argument of a line to the bot.
type word struct {
	text  string
	start int // where it begins in the line, in bytes
}

// openers are the quotes that may stand around a word, with those that close them; telephones make the curly ones by themselves.
var openers = map[rune]rune{'"': '"', '“': '”', '„': '“'}

// split takes a line apart. A word in quotes may hold spaces, also after the = of name=value; within straight quotes a backslash stands before
// a quote or a backslash that is meant. ok is false where a quote is not closed.
func split(line string) (words []word, ok bool) {
	for i := 0; i < len(line); {
		r, size := utf8.DecodeRuneInString(line[i:])
		if unicode.IsSpace(r) {
			i += size
			continue
		}
		text, length, closed := next(line[i:])
		if !closed {
			return nil, false
		}
		words = append(words, word{text, i})
		i += length
	}
	return words, true
}

// next reads the word that line begins with, and tells how many bytes it takes.
func next(line string) (text string, length int, closed bool) {
	var b strings.Builder
	var closer rune
	opens := true // a quote here would open
	for i := 0; i < len(line); {
		r, size := utf8.DecodeRuneInString(line[i:])
		switch {
		case closer != 0 && r == closer:
			closer = 0
		case closer == '"' && r == '\\' && i+1 < len(line) && (line[i+1] == '"' || line[i+1] == '\\'):
			b.WriteByte(line[i+1])
			size = 2
		case closer != 0:
			b.WriteString(line[i : i+size])
		case unicode.IsSpace(r):
			return b.String(), i, true
		case opens && openers[r] != 0:
			closer = openers[r]
		default:
			b.WriteString(line[i : i+size])
		}
		opens = r == '=' && closer == 0
		i += size
	}
	return b.String(), len(line), closer == 0
}

// assign gives each argument to the field that it is meant for, by name: first those written as name=value with the name of a field of
// the form, then, in order, the names of the command's words. The last of these takes the rest of the line as it stands. problem is
// a text for the person, empty where there is none.
func (c *Command) assign(form *xep.Form, line string, words []word) (given map[string]string, problem string) {
	given = map[string]string{}
	names := c.Words[1:]
	for i, w := range words {
		if name, value, ok := named(form, w.text); ok {
			given[name] = value
			names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == name })
			continue
		}
		if len(names) == 0 {
			return nil, "That is too much. " + c.usage()
		}
		given[names[0]] = w.text
		if rest := words[i+1:]; len(names) == 1 && !allNamed(form, rest) {
			given[names[0]] = strings.TrimSpace(line[w.start:])
			return given, ""
		}
		names = names[1:]
	}
	return given, ""
}

func named(form *xep.Form, text string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(text, "=")
	f := fieldOf(form, name)
	if !ok || f == nil {
		return "", "", false
	}
	return f.Name, value, true
}

func allNamed(form *xep.Form, words []word) bool {
	for _, w := range words {
		if _, _, ok := named(form, w.text); !ok {
			return false
		}
	}
	return true
}

// fieldOf finds the field that a person names, nil where there is none to answer.
func fieldOf(form *xep.Form, name string) *xep.Field {
	for i := range form.Fields {
		f := &form.Fields[i]
		if f.Kind != xep.Fixed && f.Kind != xep.Hidden && (strings.EqualFold(f.Name, name) || f.Label != "" && strings.EqualFold(f.Label, name)) {
			return f
		}
	}
	return nil
}

// suggest finds the word that was probably meant, empty where none is near.
func suggest(menu []*Command, typed string) string {
	best, least := "", 3
	typed = strings.ToLower(typed)
	for _, candidate := range append(firstWords(menu), "help", "cancel") {
		d := distance(typed, candidate)
		if len(typed) > 1 && strings.HasPrefix(candidate, typed) {
			d = 0
		}
		if d < least && d < utf8.RuneCountInString(candidate) {
			best, least = candidate, d
		}
	}
	return best
}

func firstWords(menu []*Command) []string {
	var words []string
	for _, c := range menu {
		words = append(words, strings.ToLower(c.Words[0]))
	}
	return words
}

// distance counts the letters that must be changed, put in or taken out to make one word of the other (Levenshtein); words that differ
// much in length are simply far apart.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > len(y)+3 {
		return len(x)
	}
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			change := diagonal
			if x[i] != y[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(y)]
}
