package slack_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

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
