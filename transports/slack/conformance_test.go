package slack_test

import (
	"context"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"isthmus/mapping/text"
	"isthmus/transports"
	"isthmus/transports/slack"
	"isthmus/transports/slack/slacktest"
	"isthmus/transports/transporttest"
)

// longest bounds every wait. Only a defect waits that long.
const longest = 60 * time.Second

const scopes = "channels:history,channels:read,chat:write,groups:history,groups:read,im:history,im:read,im:write,mpim:history,mpim:read,reactions:read,users:read"

// newWorkspace starts a workspace that ends with the test.
func newWorkspace(t *testing.T) *slacktest.Workspace {
	t.Helper()
	w, err := slacktest.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

// install makes an app from the manifest that people are given, and gives its tokens.
func install(t *testing.T, w *slacktest.Workspace, u *slacktest.User) (token, app string) {
	t.Helper()
	name := "manifest.yaml"
	if u.Bot {
		name = "manifest-bot.yaml"
	}
	manifest, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if token, app, err = w.Install(u, manifest); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return token, app
}

// offer has the operator's app be there for people to authorise by a link, and gives what the driver is configured with. It is made as the guide says.
func offer(t *testing.T, w *slacktest.Workspace, config slack.Config) slack.Config {
	t.Helper()
	manifest, err := os.ReadFile("manifest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	with := strings.Replace(string(manifest), "oauth_config:\n", "oauth_config:\n  redirect_urls:\n    - http://127.0.0.1\n", 1)
	config.API, config.Authorize = w.API(), w.Authorize()
	if config.ClientID, config.ClientSecret, config.AppToken, err = w.Offer([]byte(with)); err != nil {
		t.Fatal(err)
	}
	return config
}

// start makes a driver that runs until the test ends.
func start(t *testing.T, config slack.Config) *slack.Driver {
	t.Helper()
	driver, err := slack.New(config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- driver.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return driver
}

// logIn logs in with tokens, and gives the account.
func logIn(t *testing.T, d *slack.Driver, token, app string) transports.Account {
	t.Helper()
	flow := "tokens"
	if strings.HasPrefix(token, "xoxb-") {
		flow = "bot"
	}
	login, err := d.Login(flow, "tester", transports.Env{})
	if err != nil {
		t.Fatal(err)
	}
	defer login.Close()
	if _, err := login.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	step, err := login.Answer(t.Context(), transports.Options{"token": {token}, "app_token": {app}})
	if err != nil || step.Done == nil {
		t.Fatalf("the login came to %+v, %v", step, err)
	}
	return transports.Account{Scope: step.Done.Scope, Person: "tester", Name: "Tess", Data: step.Done.Data}
}

// peer does what the laws want of another user.
type peer struct {
	t *testing.T
	w *slacktest.Workspace
	u *slacktest.User

	seen    []transports.Event
	reacted map[string][]string
}

func channel(room transports.RoomID) string {
	return strings.ToUpper(strings.TrimPrefix(string(room), "#"))
}

func (p *peer) do(method string, arguments slacktest.Object) slacktest.Object {
	p.t.Helper()
	answer := p.w.Act(p.u, method, arguments)
	if answer["ok"] != true {
		p.t.Fatalf("%s: %v", method, answer["error"])
	}
	return answer
}

func (p *peer) ts(room transports.RoomID, words string) string {
	p.t.Helper()
	all := p.w.Messages(channel(room))
	for _, m := range slices.Backward(all) {
		if m["text"] == words {
			return m["ts"].(string)
		}
	}
	p.t.Fatalf("there is no message %q", words)
	return ""
}

func (p *peer) acts() transporttest.Peer {
	in := func(room transports.RoomID, more slacktest.Object) slacktest.Object {
		more["channel"] = channel(room)
		return more
	}
	reactions := map[string][]string{}
	names := map[string]string{"👍": "+1", "🎉": "tada"}
	return transporttest.Peer{
		Name:  p.u.RealName,
		Join:  func(room transports.RoomID) { p.do("conversations.join", in(room, slacktest.Object{})) },
		Leave: func(room transports.RoomID) { p.do("conversations.leave", in(room, slacktest.Object{})) },
		Say: func(room transports.RoomID, words string) {
			p.do("chat.postMessage", in(room, slacktest.Object{"text": words}))
		},
		Act: func(room transports.RoomID, words string) {
			p.do("chat.meMessage", in(room, slacktest.Object{"text": words}))
		},
		Tell: func(to transports.User, words string) {
			p.do("chat.postMessage", slacktest.Object{"channel": strings.ToUpper(string(to.ID)), "text": words})
		},
		Hears: func(words string) {
			p.t.Helper()
			p.sees("the message "+words, func(e transports.Event) bool {
				m, is := e.(transports.Message)
				return is && m.Text.String() == words
			})
		},
		SetTopic: func(room transports.RoomID, words string) {
			p.do("conversations.setTopic", in(room, slacktest.Object{"topic": words}))
		},
		Rename: func(name string) { p.w.Change(p.u, func(u *slacktest.User) { u.DisplayName = name }) },
		Sees:   p.sees,
		Edit: func(room transports.RoomID, words, now string) {
			p.do("chat.update", in(room, slacktest.Object{"ts": p.ts(room, words), "text": now}))
		},
		Delete: func(room transports.RoomID, words string) {
			p.do("chat.delete", in(room, slacktest.Object{"ts": p.ts(room, words)}))
		},
		React: func(room transports.RoomID, words string, emoji ...string) {
			ts := p.ts(room, words)
			for _, was := range slices.Backward(reactions[ts]) {
				if !slices.Contains(emoji, was) {
					p.do("reactions.remove", in(room, slacktest.Object{"timestamp": ts, "name": names[was]}))
				}
			}
			for _, now := range emoji {
				if !slices.Contains(reactions[ts], now) {
					p.do("reactions.add", in(room, slacktest.Object{"timestamp": ts, "name": names[now]}))
				}
			}
			reactions[ts] = emoji
		},
		Send: func(room transports.RoomID, name, content string) {
			p.w.SendFile(p.u, channel(room), name, content, "")
		},
		SetPresence: func(presence transports.Presence) {
			p.w.Change(p.u, func(u *slacktest.User) {
				u.Away, u.StatusText = presence.Show == transports.Away, presence.Status
			})
		},
		Describe: func(profile transports.Profile) {
			p.w.Change(p.u, func(u *slacktest.User) { u.RealName, u.DisplayName = profile.FullName, p.u.RealName })
		},
		SetPicture: func(data []byte, _ string) { p.w.SetPicture(p.u, "hash1", data) },
		Quit:       func() { p.w.Change(p.u, func(u *slacktest.User) { u.Deleted = true }) },
	}
}

// sees waits for an event of the workspace that says the same as an event of the contract; those that have come before count as well, each once.
func (p *peer) sees(what string, fits func(transports.Event) bool) {
	p.t.Helper()
	for i, e := range p.seen {
		if fits(e) {
			p.seen = slices.Delete(p.seen, i, i+1)
			return
		}
	}
	for {
		happened := p.w.Await(func(slacktest.Object) bool { return true }, longest)
		if happened == nil {
			p.t.Fatalf("the peer does not see %s", what)
		}
		e := p.inWords(happened)
		if e != nil && fits(e) {
			return
		}
		p.seen = append(p.seen, e)
	}
}

// inWords is an event of the workspace in the contract's words, as far as the laws ask.
func (p *peer) inWords(e slacktest.Object) transports.Event {
	get := func(o any, key string) string {
		m, _ := o.(slacktest.Object)
		s, _ := m[key].(string)
		return s
	}
	user := func(id string) transports.User { return transports.User{ID: transports.UserID(strings.ToLower(id))} }
	switch kind, subtype := get(e, "type"), get(e, "subtype"); {
	case kind == "message" && subtype == "message_changed":
		return transports.Edited{From: user(get(e["message"], "user")), Text: text.Plain(get(e["message"], "text"))}
	case kind == "message" && subtype == "message_deleted":
		return transports.Deleted{By: user(get(e["previous_message"], "user"))}
	case kind == "message":
		m := transports.Message{From: user(get(e, "user")), Text: text.Plain(get(e, "text")), Thread: transports.MessageID(get(e, "thread_ts"))}
		if subtype == "thread_broadcast" {
			m.ReplyTo = &transports.Reference{ID: m.Thread}
		}
		files, _ := e["files"].([]any)
		for _, f := range files {
			m.Files = append(m.Files, transports.File{Name: get(f, "name")})
		}
		return m
	case kind == "reaction_added" || kind == "reaction_removed":
		emoji := map[string]string{"+1": "👍", "tada": "🎉"}[get(e, "reaction")]
		key := get(e, "user") + get(e["item"], "ts")
		if kind == "reaction_added" {
			p.reacted[key] = append(slices.Clone(p.reacted[key]), emoji)
		} else {
			p.reacted[key] = slices.DeleteFunc(slices.Clone(p.reacted[key]), func(e string) bool { return e == emoji })
		}
		return transports.Reacted{From: user(get(e, "user")), Emoji: p.reacted[key]}
	}
	return nil
}

func harness(t *testing.T, how func(*slacktest.Workspace)) transporttest.Harness {
	t.Helper()
	w := newWorkspace(t)
	if how != nil {
		how(w)
	}
	tess, ida := w.AddUser("Tess"), w.AddUser("Ida Lovelace")
	w.Change(ida, func(u *slacktest.User) { u.Admin = true })
	token, app := install(t, w, tess)
	w.Browser = tess
	driver := start(t, offer(t, w, slack.Config{}))
	pages(t, driver)
	room := func(name string) transports.RoomID {
		return transports.RoomID("#" + strings.ToLower(w.AddChannel(name, false)))
	}
	code := ""
	p := &peer{t: t, w: w, u: ida, reacted: map[string][]string{}}
	return transporttest.Harness{
		Driver: driver, Account: logIn(t, driver, token, app), Env: transports.Env{Log: slog.New(slog.DiscardHandler)},
		Room: room("lobby"), Other: room("attic"), Peer: p.acts(), Cut: w.Cut,
		Answer: func(flow string, step transports.Step) transports.Options {
			if flow == "link" {
				if step.Show != nil {
					code = browse(t, step.Show.URL)
				}
				return transports.Options{"code": {code}}
			}
			if flow == "bot" {
				bot := w.AddUser("Bot")
				bot.Bot = true
				return transports.Options{"token": {w.Token(bot, scopes)}, "app_token": {app}}
			}
			return transports.Options{"token": {token}, "app_token": {app}}
		},
	}
}

func TestTheLawsHold(t *testing.T) {
	for name, how := range map[string]func(*slacktest.Workspace){
		"in a usual workspace":                      nil,
		"with short pages, and values of odd types": func(w *slacktest.Workspace) { w.PageSize, w.Odd = 1, true },
		"in an organisation":                        func(w *slacktest.Workspace) { w.Enterprise = "E0ORG" },
	} {
		t.Run(name, func(t *testing.T) {
			transporttest.Run(t, func(t *testing.T) transporttest.Harness { return harness(t, how) })
		})
	}
}
