package dialog

import (
	"strings"
	"testing"
	"unicode/utf8"

	"isthmus/core/xep"
)

func TestALineIsSplitIntoWords(t *testing.T) {
	for line, want := range map[string]string{
		"":                       "",
		"  join  #go\tnet ":      "join|#go|net",
		`join "my room" net`:     "join|my room|net",
		`join “my room” „deine“`: "join|my room|deine",
		`set name="Al B" x`:      "set|name=Al B|x",
		`say it"s 5"`:            `say|it"s|5"`,
		`say "a \"b\" \\ \c" ""`: `say|a "b" \ \c|`,
		`say “a "b” c`:           `say|a "b|c`,
		"a\u00a0b":               "a|b",
		`open "never closed`:     "unclosed",
		`open name="`:            "unclosed",
		`"a"b "c" = "d"`:         "ab|c|=|d",
	} {
		words, ok := split(line)
		var texts []string
		for _, w := range words {
			texts = append(texts, w.text)
		}
		got := strings.Join(texts, "|")
		if !ok {
			got = "unclosed"
		}
		if got != want {
			t.Errorf("%q became %q, not %q", line, got, want)
		}
	}
}

func TestTheNearestWordIsSuggested(t *testing.T) {
	menu := []*Command{{Words: []string{"join"}}, {Words: []string{"List"}}, {Words: []string{"no"}}}
	for typed, want := range map[string]string{"jion": "join", "JOI": "join", "jo": "join", "lits": "list", "hel": "help", "cancle": "cancel", "x": "", "hunter2": "",
		"zz": "", "": "", strings.Repeat("join", 1000): ""} {
		if got := suggest(menu, typed); got != want {
			t.Errorf("%.20q suggests %q, not %q", typed, got, want)
		}
	}
}

func TestALongAnswerIsCutAtALine(t *testing.T) {
	row := strings.Repeat("x", 99)
	r := &xep.Report{Title: "All", Fields: []xep.Field{{Name: "a", Label: "Two", Kind: xep.Lines, Values: []string{"1", "2"}}, {Name: "none"}, {Name: "h", Kind: xep.Hidden, Values: []string{"x"}},
		{Name: "s", Kind: xep.Secret, Values: []string{"hunter2"}}, {Kind: xep.Fixed, Values: []string{"Read."}}, {Name: "k", Values: []string{"v"}}}, Reported: []xep.Field{{Name: "room"}}}
	if got, want := body(reported(r)), "All\nTwo:\n1\n2\nRead.\nk: v\nThere is nothing to list."; got != want {
		t.Errorf("%q", got)
	}
	for range 1000 {
		r.Items = append(r.Items, xep.Answers{"room": {row}})
	}
	got := body(reported(r))
	if len(got) > maxText+200 || !strings.HasSuffix(got, row+"\n… There is more than fits into a message. The list of commands of your client shows the whole.") {
		t.Errorf("%d bytes, ending in %q", len(got), got[len(got)-150:])
	}
	if got := body([]string{strings.Repeat("é", maxText)}); len(got) > maxText+200 || !utf8.ValidString(got) {
		t.Errorf("%d bytes", len(got))
	}
}

// FuzzSplit: what stands in quotes comes out as it was, whatever it is; and no line leads outside itself.
func FuzzSplit(f *testing.F) {
	for _, line := range []string{`join "my room" net`, `a="b`, `“x” „y“`, `\"`, `"\\"`, "\xff\" \"", `"a"="b"`, "\u2003x"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		words, _ := split(line)
		end := 0
		for _, w := range words {
			if w.start < end || w.start >= len(line) || len(w.text) > len(line)-w.start {
				t.Fatalf("%q at %d of %q", w.text, w.start, line)
			}
			end = w.start + 1
		}
		quoted := `x "` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(line) + `" y`
		words, ok := split(quoted)
		if !ok || len(words) != 3 || words[1].text != line {
			t.Fatalf("%q became %+v", quoted, words)
		}
		form := &xep.Form{Fields: []xep.Field{{Name: "a"}, {Name: "b", Kind: xep.Choice, Options: []xep.Option{{Value: "1"}, {Value: "x", Label: "y"}}}, {Name: "c", Kind: xep.Choices}}}
		c := Command{Words: []string{"x", "a", "b"}}
		if words, ok = split(line); !ok {
			return
		}
		given, problem := c.assign(form, line, words)
		if problem != "" {
			t.Fatalf("%q: %s", line, problem) // the last one takes all that is left
		}
		for name, value := range given {
			if values, problem := understand(fieldOf(form, name), value); problem == "" && name == "b" && len(values) == 1 && values[0] != "1" && values[0] != "x" {
				t.Fatalf("%q chose %q", value, values)
			}
		}
	})
}
