package slack

import (
	"encoding/json"
	"strings"
	"testing"

	"isthmus/mapping/text"
)

// names shows references as a workspace would in which U1 is Ada and C1 is general.
func names(ref text.Ref, label string) text.Span {
	switch {
	case ref.Kind == text.MentionUser && ref.ID == "U1":
		label = "@Ada"
	case ref.Kind == text.MentionRoom && ref.ID == "C1":
		label = "#general"
	case ref.Kind == text.Emoji:
		label = shownEmoji(ref.ID)
	case label == "":
		label = "@" + ref.ID
	}
	return text.Span{Text: label}
}

func TestBlocksReadAsSlackShowsThem(t *testing.T) {
	for in, want := range map[string]string{
		`[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[
			{"type":"text","text":"hi "},{"type":"user","user_id":"U1"},{"type":"text","text":" bold","style":{"bold":true}},{"type":"text","text":" "},
			{"type":"emoji","name":"wave","skin_tone":2},{"type":"link","url":"https://x.example","text":"look"},{"type":"text","text":"\nnext "},{"type":"broadcast","range":"here"},{"type":"channel","channel_id":"C1"}]}]}]`: "hi @Ada *bold* 👋🏻look <https://x.example>\nnext @here#general",
		`[{"type":"rich_text","elements":[
			{"type":"rich_text_list","style":"ordered","offset":1,"elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"two"}]},{"type":"rich_text_section","elements":[{"type":"text","text":"three"}]}]},
			{"type":"rich_text_list","style":"bullet","indent":1,"elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"deep"}]}]},
			{"type":"rich_text_quote","elements":[{"type":"text","text":"she said"}]},
			{"type":"rich_text_preformatted","elements":[{"type":"text","text":"a < b\nc"}]}]}]`: "2. two\n3. three\n  • deep\n> she said\n```\na < b\nc\n```",
		`[{"type":"header","text":{"type":"plain_text","text":"Build :tada: 10:30"}},{"type":"section","text":{"type":"mrkdwn","text":"*ok* &amp; done"},"fields":[{"type":"mrkdwn","text":"_a_"},{"type":"plain_text","text":"*b*"}]},
			{"type":"divider"},{"type":"context","elements":[{"type":"image","alt_text":"logo"},{"type":"mrkdwn","text":"by <@U1>"}]},{"type":"image","image_url":"https://x.example/a.png","alt_text":"a chart"}]`: "*Build 🎉 10:30*\n*ok* & done\n_a_\n*b*\n———\nlogo\nby @Ada\na chart <https://x.example/a.png>",
		`[{"type":"table","rows":[[{"type":"raw_text","text":"a"},{"type":"raw_text","text":"b"}],[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"c"}]}]},{"type":"raw_text","text":"d"}]]}]`: "a | b\nc | d",
		`[{"type":"to_be_invented","text":"readable"},{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Press"}}]}]`:                                                                                         "readable",
		`[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":7,"style":[]},{"type":"text","text":"still here"}]}]}]`:                                                                               "still here",
		`"nonsense"`: "", `[1,null,{}]`: "", ``: "",
	} {
		if got := parseBlocks(json.RawMessage(in), names).Styling(); got != want {
			t.Errorf("%s\nreads %q\nwant  %q", in, got, want)
		}
	}
}

func TestAttachmentsAreQuotedAndPreviewsLeftOut(t *testing.T) {
	in := `[{"from_url":"https://x.example","title":"A page"},{"pretext":"news","author_name":"CI","title":"Build 7","title_link":"https://ci.example/7","text":"failed: *unit*","fields":[{"title":"Branch","value":"main"}],"footer":"ci.example"},
		{"fallback":"only this"},{"is_msg_unfurl":true,"from_url":"https://acme.slack.com/x","text":"what was shared"}]`
	want := "news\n> *CI*\n> *Build 7* <https://ci.example/7>\n> failed: *unit*\n> *Branch*\n> main\n> _ci.example_\n> only this\n> what was shared"
	if got := parseAttachments(json.RawMessage(in), names).Canonical().Styling(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestEmojiHaveNamesBothWays(t *testing.T) {
	for name, s := range map[string]string{"+1": "👍", "tada": "🎉", "heart": "❤️", "+1::skin-tone-4": "👍🏽", "flag-nl": "🇳🇱", "man-woman-girl-boy": "👨‍👩‍👧‍👦"} {
		if got, ok := emojiText(name); !ok || got != s {
			t.Errorf(":%s: is %q, want %q", name, got, s)
		}
		if got, ok := emojiName(s); !ok || got != name {
			t.Errorf("%s is %q, want %q", s, got, name)
		}
	}
	for in, want := range map[string]string{"👍️": "+1", "❤": "heart", ":party_parrot:": "party_parrot"} {
		if got, ok := emojiName(in); !ok || got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
	for _, none := range []string{"", "x", "no emoji", "::", "👍👍"} {
		if got, ok := emojiName(none); ok {
			t.Errorf("%q is %q", none, got)
		}
	}
	if _, ok := emojiText("party_parrot"); ok {
		t.Error("Unicode has a party parrot")
	}
}

func TestTimestampsAreOrderedAsNumbers(t *testing.T) {
	for _, pair := range [][2]string{{"999999999.000001", "1000000000.000000"}, {"1700000000.000100", "1700000000.000200"}, {"1.000000", "1700000000.000000"}, {"", "1.000000"}} {
		if compareTS(pair[0], pair[1]) >= 0 || compareTS(pair[1], pair[0]) <= 0 || compareTS(pair[0], pair[0]) != 0 {
			t.Errorf("%v are in another order", pair)
		}
	}
}

// FuzzWhatSlackSendsIsReadWithoutHarm: any JSON is passed over or read.
func FuzzWhatSlackSendsIsReadWithoutHarm(f *testing.F) {
	for _, s := range []string{`{"type":"message","blocks":[{"type":"rich_text","elements":[]}],"ts":"1.1"}`, `{"ts":1,"files":[null,{"id":2}],"edited":[],"message":{"message":{}}}`,
		`[{"type":"rich_text","elements":[{"type":"rich_text_list","elements":[{"type":"rich_text_quote"}]}]}]`, `{}`, `[[]]`, `null`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var m messageObject
		_ = lenient([]byte(s), &m)
		for _, raw := range []json.RawMessage{json.RawMessage(s), m.Blocks} {
			if got := parseBlocks(raw, names); !got.Equal(got.Canonical()) {
				t.Fatalf("%q gives a text that is not canonical", s)
			}
			_ = parseAttachments(raw, names)
		}
		_ = timeOf(m.TS)
		if strings.Contains(mrkdwn(text.Plain(s)), "<!") {
			t.Fatalf("%q calls everyone", s)
		}
	})
}
