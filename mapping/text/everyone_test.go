package text_test

import (
	"testing"

	"isthmus/mapping/text"
)

func TestWordsThatCallEveryone(t *testing.T) {
	for in, want := range map[string]string{
		"@here look":                   "<!here> look",
		"(@channel) and @everyone.":    "(<!channel>) and <!everyone>.",
		"*@here*":                      "*<!here>*",
		"me@here @hereabouts @other":   "me@here @hereabouts @other",
		"@here@example.org":            "@here@example.org",
		"`@here`":                      "`@here`",
		"> @here\nno":                  "> @here\nno",
		"```\n@here\n```":              "```\n@here\n```",
		"@ @@here <@here> <!channel> ": "@ @@here &lt;@here&gt; &lt;!channel&gt; ",
	} {
		if got := text.ParseStyling(in).Everyone(text.CallEveryone, "here", "channel", "everyone").Mrkdwn(); got != want {
			t.Errorf("%q is %q and not %q", in, got, want)
		}
	}
}
