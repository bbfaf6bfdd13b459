package slacktest

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// manifest is what an app is made from. https://docs.slack.dev/reference/app-manifest
type manifest struct {
	Display struct {
		Name string `yaml:"name"`
	} `yaml:"display_information"`
	Features struct {
		Bot *struct {
			Name string `yaml:"display_name"`
		} `yaml:"bot_user"`
	} `yaml:"features"`
	OAuth struct {
		Scopes struct {
			User []string `yaml:"user"`
			Bot  []string `yaml:"bot"`
		} `yaml:"scopes"`
	} `yaml:"oauth_config"`
	Settings struct {
		Events struct {
			User []string `yaml:"user_events"`
			Bot  []string `yaml:"bot_events"`
		} `yaml:"event_subscriptions"`
		SocketMode bool `yaml:"socket_mode_enabled"`
		Rotation   bool `yaml:"token_rotation_enabled"`
	} `yaml:"settings"`
}

// scopes of a manifest beside those that methods and events need.
var others = []string{"users:read.email", "chat:write.customize", "channels:join", "channels:manage"}

// Install makes an app from a manifest and installs it for a user, or a bot of its own, as people do by the pages of Slack. It gives the tokens that are shown at the end. From
// then on only the events of the manifest are sent.
func (w *Workspace) Install(u *User, yamlManifest []byte) (token, app string, err error) {
	var m manifest
	if err := yaml.Unmarshal(yamlManifest, &m); err != nil {
		return "", "", err
	}
	scopes, events := m.OAuth.Scopes.User, m.Settings.Events.User
	if u.Bot {
		scopes, events = m.OAuth.Scopes.Bot, m.Settings.Events.Bot
	}
	switch {
	case m.Display.Name == "" || len(m.Display.Name) > 35:
		return "", "", fmt.Errorf("the app's name is %q", m.Display.Name)
	case u.Bot && m.Features.Bot == nil:
		return "", "", fmt.Errorf("the app has no bot")
	case !m.Settings.SocketMode || m.Settings.Rotation:
		return "", "", fmt.Errorf("the settings are %+v", m.Settings)
	}
	known := slices.Clone(others)
	for method := range Needs {
		known = append(known, Uses(method)...)
	}
	for _, scope := range EventNeeds {
		known = append(known, scope)
	}
	for _, scope := range scopes {
		if !slices.Contains(known, scope) {
			return "", "", fmt.Errorf("there is no scope %q", scope)
		}
	}
	subscribed := map[string]bool{}
	for _, event := range events {
		scope, is := EventNeeds[event]
		if !is || scope != "" && !slices.Contains(scopes, scope) {
			return "", "", fmt.Errorf("the event %q needs the scope %q", event, scope)
		}
		subscribed[event] = true
	}
	token = w.Token(u, strings.Join(scopes, ","))
	app = w.AppToken()
	w.mu.Lock()
	w.apps[app].events = subscribed
	w.tokens[token].of = w.apps[app]
	w.mu.Unlock()
	return token, app, nil
}

// wants tells whether an app has subscribed to an event.
func (a *app) wants(event Object) bool {
	if a.events == nil {
		return true
	}
	name := str(event, "type")
	if name == "message" {
		kinds := map[string]string{"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}
		name += "." + kinds[str(event, "channel_type")]
	}
	return a.events[name]
}
