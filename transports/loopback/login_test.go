package loopback_test

import (
	"context"
	"strings"
	"testing"

	"isthmus/transports"
	"isthmus/transports/loopback"
)

// begin begins a login and gives its first step.
func begin(t *testing.T, d *loopback.Driver, flow string) (transports.Login, transports.Step) {
	t.Helper()
	login, err := d.Login(flow, "alice", transports.Env{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(login.Close)
	step, err := login.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return login, step
}

func answer(t *testing.T, login transports.Login, pairs ...string) transports.Step {
	t.Helper()
	answers := transports.Options{}
	for i := 0; i < len(pairs); i += 2 {
		answers[pairs[i]] = []string{pairs[i+1]}
	}
	step, err := login.Answer(t.Context(), answers)
	if err != nil {
		t.Fatal(err)
	}
	return step
}

// wantForm fails unless a step is a form of these fields, with a problem that says so.
func wantForm(t *testing.T, step transports.Step, fields, problem string) {
	t.Helper()
	if step.Form == nil {
		t.Fatalf("the step is %+v, want a form", step)
	}
	var names []string
	for _, f := range step.Form.Fields {
		names = append(names, f.Name)
	}
	if strings.Join(names, " ") != fields || problem == "" && step.Form.Problem != "" || !strings.Contains(step.Form.Problem, problem) {
		t.Errorf("the form asks for %q, and says %q; want %s, %q", names, step.Form.Problem, fields, problem)
	}
}

// wantAccount fails unless a step ends the login as a user, and gives an account that the network lets in.
func wantAccount(t *testing.T, d *loopback.Driver, step transports.Step, self transports.UserID) *visitor {
	t.Helper()
	if step.Done == nil || step.Done.Self != self || len(step.Done.Data) == 0 {
		t.Fatalf("the login ended with %+v", step)
	}
	v := visit(t, d, transports.Account{Person: "alice", Data: step.Done.Data})
	if v.self.ID != self {
		t.Errorf("the account is %+v, want %s", v.self, self)
	}
	return v
}

func TestALoginByOneForm(t *testing.T) {
	d := start(t, loopback.Config{Logins: true})
	n := d.Network(scope)
	ida := n.AddPerson("Ida Lovelace")
	n.AddLogin(ida.ID, "Ida", "notes", "")
	login, step := begin(t, d, "form")
	wantForm(t, step, "name password", "")
	wantForm(t, answer(t, login), "name password", "missing")
	wantForm(t, answer(t, login, "name", "ida", "password", "cards"), "name password", "wrong")
	wantForm(t, answer(t, login, "name", "max", "password", ""), "name password", "wrong")
	wantAccount(t, d, answer(t, login, "name", " IDA ", "password", "notes"), ida.ID)
	if _, err := d.Login("magic", "alice", transports.Env{}); err == nil {
		t.Error("a way to log in that there is not")
	}
}

func TestALogoutMakesTheTokenVoid(t *testing.T) {
	d := start(t, loopback.Config{Logins: true})
	n := d.Network(scope)
	ida := n.AddPerson("Ida Lovelace")
	n.AddLogin(ida.ID, "Ida", "notes", "")
	login, _ := begin(t, d, "form")
	data := answer(t, login, "name", "ida", "password", "notes").Done.Data
	if err := d.Logout(t.Context(), transports.Account{Scope: scope, Data: data}, transports.Env{}); err != nil {
		t.Fatal(err)
	}
	session, err := d.Open(transports.Account{Scope: scope, Data: data}, transports.Env{})
	if err != nil {
		t.Fatal(err)
	}
	wantFault(t, session.Run(t.Context(), func(transports.Event) {}), transports.BadCredentials)
}

func TestALoginByTwoForms(t *testing.T) {
	d := start(t, loopback.Config{Logins: true})
	n := d.Network(scope)
	ida := n.AddPerson("Ida Lovelace")
	n.AddLogin(ida.ID, "Ida", "", "123456")
	login, step := begin(t, d, "code")
	wantForm(t, step, "name", "")
	wantForm(t, answer(t, login, "name", "ida"), "code", "")
	wantForm(t, answer(t, login, "code", "654321"), "code", "not the code")
	wantAccount(t, d, answer(t, login, "code", "123456"), ida.ID)
}

func TestALoginOnAnotherDevice(t *testing.T) {
	d := start(t, loopback.Config{Logins: true, Scopes: []string{"loopback", "other"}})
	n := d.Network(scope)
	ida := n.AddPerson("Ida Lovelace")
	login, step := begin(t, d, "link")
	wantForm(t, step, "network", "")
	wantForm(t, answer(t, login, "network", "nowhere"), "network", "no such network")
	step = answer(t, login, "network", "loopback")
	if step.Show == nil || step.Show.Code == "" || !strings.HasSuffix(step.Show.URL, step.Show.Code) {
		t.Fatalf("shown is %+v", step)
	}
	if codes := n.Shown(); len(codes) != 1 || codes[0] != step.Show.Code {
		t.Errorf("the network shows %q", codes)
	}
	if !n.Approve(step.Show.Code, ida.ID, nil) {
		t.Error("nothing waits for the approval")
	}
	step, err := login.Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wantAccount(t, d, step, ida.ID)

	login, _ = begin(t, d, "link")
	step = answer(t, login, "network", "loopback")
	n.Approve(step.Show.Code, ida.ID, &transports.Fault{Kind: transports.Forbidden, Text: "Not me."})
	_, err = login.Wait(t.Context())
	wantFault(t, err, transports.Forbidden)

	login, _ = begin(t, d, "link")
	step = answer(t, login, "network", "loopback")
	over, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = login.Wait(over)
	wantFault(t, err, transports.Offline)
	login.Close()
	if n.Approve(step.Show.Code, ida.ID, nil) || len(n.Shown()) != 0 {
		t.Error("a login that was given up waits still")
	}
}

func TestCredentialsEndAndAreRenewed(t *testing.T) {
	d := start(t, loopback.Config{Logins: true})
	n := d.Network(scope)
	ida := n.AddPerson("Ida Lovelace")
	n.AddLogin(ida.ID, "ida", "notes", "")
	login, _ := begin(t, d, "form")
	step := answer(t, login, "name", "ida", "password", "notes")
	account := wantAccount(t, d, step, ida.ID)
	n.Renew(ida.ID)
	renewed := expect[transports.Credentials](account, nil).Data
	account.stop()
	visit(t, d, transports.Account{Person: "alice", Data: renewed})
	account.run() // a session keeps what the network gave it
	expect[transports.Online](account, nil)

	n.Revoke(ida.ID)
	if f := account.fault(); f.Kind != transports.BadCredentials || !strings.Contains(f.Text, "Log in again") {
		t.Errorf("revoked with %+v", f)
	}
	account.run()
	if f := account.fault(); f.Kind != transports.BadCredentials {
		t.Errorf("let in again with %+v", f)
	}
	for _, data := range []string{"", string(step.Done.Data), "guess"} {
		session, err := d.Open(transports.Account{Scope: scope, Data: []byte(data)}, transports.Env{})
		if err != nil {
			t.Fatal(err)
		}
		wantFault(t, session.Run(t.Context(), func(transports.Event) {}), transports.BadCredentials)
	}
}
