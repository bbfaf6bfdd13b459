package transporttest

import (
	"context"
	"testing"

	"isthmus/transports"
)

// steps bounds the steps of a login, for one that goes in circles.
const steps = 10

func logins(t *testing.T, h Harness) {
	driver, is := h.Driver.(transports.LoginDriver)
	if !is || h.Answer == nil {
		t.Skip("nobody logs in")
	}
	for _, flow := range h.Driver.About().Flows {
		if flow.Name == "" || flow.Label == "" {
			t.Errorf("a way to log in has no name or label: %+v", flow)
		}
		done := logIn(t, h, driver, flow.Name)
		if done.Scope == "" || done.Self == "" || len(done.Data) == 0 {
			t.Fatalf("%s: the login came to %+v", flow.Name, done)
		}
		h.Account.Scope, h.Account.Data = done.Scope, done.Data
		w, event := online(t, h)
		if event.Self.ID != done.Self {
			t.Errorf("%s: the login was as %s, the account is %s", flow.Name, done.Self, event.Self.ID)
		}
		w.stop()
		_ = w.result()
		if logout, is := h.Driver.(transports.LogoutDriver); is {
			if err := logout.Logout(t.Context(), h.Account, h.Env); err != nil {
				t.Errorf("%s: the logout gave %v", flow.Name, err)
			}
			w := open(t, h).start()
			w.kind("a connection after the logout", w.result(), transports.BadCredentials)
		}
	}
	if _, err := driver.Login("no-such-flow", "tester", h.Env); err == nil {
		t.Error("a way to log in that there is not")
	}
}

// logIn goes through a flow: forms are answered wrongly before they are answered well.
func logIn(t *testing.T, h Harness, driver transports.LoginDriver, flow string) transports.NewAccount {
	t.Helper()
	login, err := driver.Login(flow, h.Account.Person, h.Env)
	if err != nil {
		t.Fatal(err)
	}
	defer login.Close()
	step, err := login.Begin(t.Context())
	for range steps {
		if err != nil {
			t.Fatalf("%s: %v", flow, err)
		}
		switch {
		case step.Done != nil:
			return *step.Done
		case step.Form != nil:
			if len(step.Form.Fields) > 0 {
				again, err := login.Answer(t.Context(), transports.Options{})
				if err != nil || again.Form == nil || again.Form.Problem == "" {
					t.Errorf("%s: an empty form gave %+v, %v; want a form with a problem", flow, again, err)
				}
			}
			step, err = login.Answer(t.Context(), h.Answer(flow, step))
		case step.Show != nil:
			if step.Show.URL == "" && step.Show.Code == "" {
				t.Errorf("%s: what is shown is nothing", flow)
			}
			over, cancel := context.WithCancel(t.Context())
			cancel()
			if _, err := login.Wait(over); err == nil {
				t.Errorf("%s: a wait whose context had ended gave no error", flow)
			}
			h.Answer(flow, step)
			step, err = login.Wait(t.Context())
		default:
			t.Fatalf("%s: a step that is nothing", flow)
		}
	}
	t.Fatalf("%s: no end after %d steps", flow, steps)
	return transports.NewAccount{}
}
