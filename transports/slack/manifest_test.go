package slack_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"isthmus/transports"
	"isthmus/transports/slack"
	"isthmus/transports/slack/slacktest"
)

// free are the methods that need no scope.
var free = []string{"auth.test", "auth.revoke", "auth.teams.list", "apps.connections.open", "oauth.v2.access"}

// onlyFor are scopes that neither a method nor an event needs, and what they are for.
var onlyFor = map[string]string{"users:read.email": "the addresses of people in users.info", "chat:write.customize": "names and pictures in chat.postMessage"}

func TestTheManifestsAskForWhatTheDriverUsesAndForNothingElse(t *testing.T) {
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var code strings.Builder
	for _, name := range sources {
		if !strings.HasSuffix(name, "_test.go") {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			code.Write(data)
		}
	}
	called := regexp.MustCompile(`"((?:apps|auth|chat|conversations|dnd|emoji|files|oauth|pins|reactions|team|users)\.[a-zA-Z0-9.]+)"`).FindAllStringSubmatch(code.String(), -1)
	for name, personal := range map[string][]string{"manifest.yaml": {"users.setPresence", "users.profile.set"}, "manifest-bot.yaml": nil} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		bot := personal == nil
		var scopes, events []string
		for _, line := range regexp.MustCompile(`(?m)^      - (\S+)( +# .+)?$`).FindAllStringSubmatch(string(data), -1) {
			if _, is := slacktest.EventNeeds[line[1]]; is {
				events = append(events, line[1])
				continue
			}
			if scopes = append(scopes, line[1]); line[2] == "" {
				t.Errorf("%s does not say what %s is for", name, line[1])
			}
		}
		used := map[string]bool{}
		for _, match := range called {
			method := match[1]
			if slices.Contains(free, method) || bot && slices.Contains([]string{"users.setPresence", "users.profile.set"}, method) {
				continue
			}
			uses := slacktest.Uses(method)
			if len(uses) == 0 {
				t.Errorf("nobody knows what %s needs", method)
			}
			for _, scope := range uses {
				if bot && scope == "channels:write" {
					scope = "channels:manage"
					if method == "conversations.join" {
						scope = "channels:join"
					}
				}
				if used[scope] = true; !slices.Contains(scopes, scope) {
					t.Errorf("%s lacks %s, which %s needs", name, scope, method)
				}
			}
		}
		for _, event := range events {
			used[slacktest.EventNeeds[event]] = true
			if kind, _, _ := strings.Cut(event, "."); !strings.Contains(code.String(), `"`+kind+`"`) {
				t.Errorf("%s subscribes to %s, of which the driver knows nothing", name, event)
			}
		}
		for _, scope := range scopes {
			if !used[scope] && onlyFor[scope] == "" {
				t.Errorf("%s asks for %s, which nothing needs", name, scope)
			}
		}
	}
}

func TestTheManifestsAreSuchAsSlackTakes(t *testing.T) {
	w := newWorkspace(t)
	tess, bot := w.AddUser("Tess"), w.AddUser("Isthmus")
	bot.Bot = true
	install(t, w, tess)
	install(t, w, bot)
	manifest, err := os.ReadFile("manifest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string][2]string{
		"a field that there is not":        {"socket_mode_enabled", "socket_mode"},
		"a scope that there is not":        {"- channels:history ", "- channels:histories "},
		"an event whose scope is missing":  {"      - pins:read             # what is pinned\n", ""},
		"an event that there is not":       {"- pin_added", "- pin_adds"},
		"an event for bots":                {"- team_join", "- tokens_revoked"},
		"bot events without a bot":         {"user_events:", "bot_events:"},
		"tokens that expire":               {"token_rotation_enabled: false", "token_rotation_enabled: true"},
		"a description that is too long":   {"Slack in my", strings.Repeat("x", 150)},
		"a list in the place of a setting": {"socket_mode_enabled: true", "socket_mode_enabled: [true]"},
	} {
		other := strings.Replace(string(manifest), change[0], change[1], 1)
		if other == string(manifest) {
			t.Fatalf("%s: nothing is changed", what)
		}
		if _, _, err := w.Install(tess, []byte(other)); err == nil {
			t.Errorf("a manifest with %s is taken", what)
		}
	}
}

// The form of a login and the guide lead a newcomer the same way.
func TestTheGuideAndTheFormSayTheSame(t *testing.T) {
	guide, err := os.ReadFile("../../docs/slack.md")
	if err != nil {
		t.Fatal(err)
	}
	d := start(t, slack.Config{})
	_, way, _ := strings.Cut(string(guide), "\n## Log in\n")
	way, _, _ = strings.Cut(way, "\n## ")
	for flow, others := range map[string][]string{"tokens": {"User OAuth Token", "xoxp-"}, "bot": {"Bot User OAuth Token", "xoxb-", "/invite @isthmus"}} {
		login, err := d.Login(flow, "tester", transports.Env{})
		if err != nil {
			t.Fatal(err)
		}
		step, err := login.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		form := step.Form.Text
		for _, f := range step.Form.Fields {
			form += f.Label + f.Help
		}
		for _, words := range append(others, "https://api.slack.com/apps?new_app=1", "From a manifest", "YAML", "Basic Information", "App-Level Tokens", "connections:write", "xapp-", "Install App") {
			if !strings.Contains(form, words) || !strings.Contains(way, words) {
				t.Errorf("%s: %q is in the form: %t, in the guide: %t", flow, words, strings.Contains(form, words), strings.Contains(way, words))
			}
		}
		name := map[string]string{"tokens": "manifest.yaml", "bot": "manifest-bot.yaml"}[flow]
		manifest, err := os.ReadFile(name)
		if err != nil || !strings.HasSuffix(step.Form.Text, string(manifest)) || !strings.Contains(way, "../transports/slack/"+name) {
			t.Errorf("%s: the form does not end with %s, or the guide does not lead to it (%v)", flow, name, err)
		}
		login.Close()
	}
	if !strings.Contains(string(guide), "https://gateway.example.org/transport/slack.example.org/back`") {
		t.Error("the guide does not tell the operator's redirect URL")
	}
}
