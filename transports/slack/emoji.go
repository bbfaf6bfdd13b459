package slack

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

//go:embed emoji.txt
var emojiTable string

// emojis are the names of Unicode's emoji both ways: characters by name, and the first name by characters without variation selectors.
var emojis = sync.OnceValue(func() (t struct{ byName, byText map[string]string }) {
	t.byName, t.byText = map[string]string{}, map[string]string{}
	for line := range strings.Lines(emojiTable) {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] == "#" {
			continue
		}
		var text strings.Builder
		for code := range strings.SplitSeq(fields[0], "-") {
			n, err := strconv.ParseUint(code, 16, 32)
			if err != nil {
				panic("emoji.txt: " + line)
			}
			text.WriteRune(rune(n))
		}
		for _, name := range fields[1:] {
			t.byName[name] = text.String()
		}
		if key := bare(text.String()); t.byText[key] == "" {
			t.byText[key] = fields[1]
		}
	}
	return t
})

const (
	variation = "\uFE0F"
	toneName  = "::skin-tone-"
	firstTone = 0x1F3FB // the tones are 2 to 6 in Slack's names
)

func bare(s string) string { return strings.ReplaceAll(s, variation, "") }

// emojiText is the Unicode emoji of a name such as "+1" or "+1::skin-tone-3"; ok is false for names that only the workspace has.
func emojiText(name string) (s string, ok bool) {
	base, tone, toned := strings.Cut(name, toneName)
	s, ok = emojis().byName[base]
	if n, err := strconv.Atoi(tone); ok && toned && err == nil && 2 <= n && n <= 6 {
		first := []rune(s)[0]
		s = string(first) + string(rune(firstTone+n-2)) + strings.TrimPrefix(strings.TrimPrefix(s, string(first)), variation)
	}
	return s, ok
}

// emojiName is Slack's name of an emoji: of a Unicode one, or of ":name:" for one that only the workspace has. ok is false where there is none.
func emojiName(s string) (name string, ok bool) {
	if inner, found := strings.CutPrefix(s, ":"); found && strings.HasSuffix(inner, ":") && len(inner) > 1 {
		return strings.TrimSuffix(inner, ":"), true
	}
	key := bare(s)
	if name, ok = emojis().byText[key]; ok {
		return name, true
	}
	suffix := ""
	key = strings.Map(func(r rune) rune {
		if firstTone <= r && r < firstTone+5 {
			suffix = toneName + strconv.Itoa(int(r)-firstTone+2)
			return -1
		}
		return r
	}, key)
	name, ok = emojis().byText[key]
	return name + suffix, ok && suffix != ""
}

// shownEmoji is what people of other networks see of an emoji by its name.
func shownEmoji(name string) string {
	if s, ok := emojiText(name); ok {
		return s
	}
	return ":" + name + ":"
}
