package slacktest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// manifest is what an app is made from, with the fields of https://docs.slack.dev/reference/app-manifest that an app without pages of its own can use.
type manifest struct {
	Display struct {
		Name            string `yaml:"name"`
		Description     string `yaml:"description"`
		LongDescription string `yaml:"long_description"`
		Background      string `yaml:"background_color"`
	} `yaml:"display_information"`
	Features struct {
		Bot *struct {
			Name   string `yaml:"display_name"`
			Online bool   `yaml:"always_online"`
		} `yaml:"bot_user"`
	} `yaml:"features"`
	OAuth struct {
		Redirects []string `yaml:"redirect_urls"`
		Scopes    struct {
			User []string `yaml:"user"`
			Bot  []string `yaml:"bot"`
		} `yaml:"scopes"`
	} `yaml:"oauth_config"`
	Settings struct {
		Events struct {
			User []string `yaml:"user_events"`
			Bot  []string `yaml:"bot_events"`
		} `yaml:"event_subscriptions"`
		Org        bool `yaml:"org_deploy_enabled"`
		SocketMode bool `yaml:"socket_mode_enabled"`
		Rotation   bool `yaml:"token_rotation_enabled"`
	} `yaml:"settings"`
}

// The limits of a manifest.
const (
	maxName, maxDescription, maxBotName = 35, 140, 80
	maxScopes, maxEvents                = 255, 100
)

// read reads a manifest as the page where apps are made does: fields that it does not know are refused.
func read(yamlManifest []byte, bot bool) (scopes []string, events map[string]bool, redirects []string, err error) {
	var m manifest
	decoder := yaml.NewDecoder(bytes.NewReader(yamlManifest))
	decoder.KnownFields(true)
	if err := decoder.Decode(&m); err != nil {
		return nil, nil, nil, err
	}
	scopes, subscribed, others := m.OAuth.Scopes.User, m.Settings.Events.User, m.Settings.Events.Bot
	if bot {
		scopes, subscribed, others = m.OAuth.Scopes.Bot, m.Settings.Events.Bot, m.Settings.Events.User
	}
	switch {
	case m.Display.Name == "" || len(m.Display.Name) > maxName || len(m.Display.Description) > maxDescription:
		return nil, nil, nil, fmt.Errorf("the app is called %q, %q", m.Display.Name, m.Display.Description)
	case bot && (m.Features.Bot == nil || m.Features.Bot.Name == "" || len(m.Features.Bot.Name) > maxBotName):
		return nil, nil, nil, fmt.Errorf("the app has no bot with a name")
	case len(m.Settings.Events.Bot) > 0 && m.Features.Bot == nil || len(others) > 0:
		return nil, nil, nil, fmt.Errorf("it subscribes to events of somebody whom it has no token of")
	case len(scopes) > maxScopes || len(subscribed) > maxEvents:
		return nil, nil, nil, fmt.Errorf("%d scopes and %d events are too many", len(scopes), len(subscribed))
	case !m.Settings.SocketMode || m.Settings.Rotation:
		return nil, nil, nil, fmt.Errorf("the settings are %+v", m.Settings)
	}
	if err := known(scopes); err != nil {
		return nil, nil, nil, err
	}
	events = map[string]bool{}
	for _, event := range subscribed {
		scope, is := EventNeeds[event]
		if !is || scope != "" && !slices.Contains(scopes, scope) || !bot && slices.Contains(botEvents, event) {
			return nil, nil, nil, fmt.Errorf("the event %q needs the scope %q, or a bot", event, scope)
		}
		events[event] = true
	}
	return scopes, events, m.OAuth.Redirects, nil
}

// botEvents are the events that are documented for apps with a bot alone.
var botEvents = []string{"app_uninstalled", "tokens_revoked"}

// known finds a scope that there is not.
func known(scopes []string) error {
	known := slices.Clone(others)
	for method := range Needs {
		known = append(known, Uses(method)...)
	}
	for _, scope := range EventNeeds {
		known = append(known, scope)
	}
	for _, scope := range scopes {
		if scope == "" || !slices.Contains(known, scope) {
			return fmt.Errorf("there is no scope %q", scope)
		}
	}
	return nil
}

// scopes of a manifest beside those that methods and events need.
var others = []string{"users:read.email", "chat:write.customize", "channels:join", "channels:manage"}

// Install makes an app from a manifest and installs it for a user, or a bot of its own, as people do by the pages of Slack. It gives the tokens that are shown at the end. From
// then on only the events of the manifest are sent.
func (w *Workspace) Install(u *User, yamlManifest []byte) (token, app string, err error) {
	scopes, events, _, err := read(yamlManifest, u.Bot)
	if err != nil {
		return "", "", err
	}
	token = w.Token(u, strings.Join(scopes, ","))
	app = w.AppToken()
	w.mu.Lock()
	w.apps[app].events = events
	w.tokens[token].of = w.apps[app]
	w.mu.Unlock()
	return token, app, nil
}

// Offer makes an app from a manifest that people of all workspaces authorise by a link, and gives what its pages show: the client's id and secret, and a token for Socket Mode.
func (w *Workspace) Offer(yamlManifest []byte) (id, secret, app string, err error) {
	scopes, events, redirects, err := read(yamlManifest, false)
	if err != nil {
		return "", "", "", err
	}
	app = w.AppToken()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.apps[app].events = events
	w.client = client{id: w.unique("1."), secret: w.unique("hush"), app: app, scopes: scopes, redirects: redirects}
	return w.client.id, w.client.secret, app, nil
}

// client is an app that people authorise by a link.
type client struct {
	id, secret, app   string
	scopes, redirects []string
}

// allows tells what is wrong with a link to authorise it, or nothing.
func (c *client) allows(id, redirect string, scopes []string) string {
	switch {
	case c.id == "" || id != c.id:
		return "invalid_client_id"
	case !slices.ContainsFunc(c.redirects, func(known string) bool { return strings.HasPrefix(redirect, known) }):
		return "redirect_uri did not match any configured URIs"
	case slices.ContainsFunc(scopes, func(scope string) bool { return !slices.Contains(c.scopes, scope) }):
		return "invalid_scope"
	}
	return ""
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
