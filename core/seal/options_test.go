package seal

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	secretNames = func(name string) bool { return name == "pass" || name == "sasl_password" }
	options     = map[string][]string{"nick": {"alice"}, "pass": {"hunter2"}, "sasl_password": {"swordfish", "two"}, "commands": {}, "empty": nil}
	wanted      = map[string][]string{"nick": {"alice"}, "pass": {"hunter2"}, "sasl_password": {"swordfish", "two"}, "commands": {}, "empty": {}}
)

func readable(data []byte) bool {
	return strings.Contains(string(data), "hunter2") || strings.Contains(string(data), "swordfish")
}

func TestOptionsAreKeptWithTheirSecretsSealed(t *testing.T) {
	k := opened(t, path(t))
	data := k.PackOptions(options, secretNames, "alice")
	if readable(data) || !json.Valid(data) || !strings.Contains(string(data), `"nick":["alice"]`) {
		t.Errorf("%s", data)
	}
	got, err := k.UnpackOptions(data, "alice")
	if diff := cmp.Diff(wanted, got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestOneLostSecretDoesNotCostTheOtherOptions(t *testing.T) {
	file := path(t)
	data := opened(t, file).PackOptions(options, secretNames, "alice")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	got, err := opened(t, file).UnpackOptions(data, "alice")
	if diff := cmp.Diff(map[string][]string{"nick": {"alice"}, "commands": {}, "empty": {}}, got); diff != "" {
		t.Error(diff)
	}
	if !errors.Is(err, ErrNoKey) || !strings.Contains(err.Error(), "pass: ") || !strings.Contains(err.Error(), "sasl_password: ") {
		t.Errorf("got %v", err)
	}
}

func TestASecretCannotBePutUnderAnotherNameOrPerson(t *testing.T) {
	k := opened(t, path(t))
	data := string(k.PackOptions(options, secretNames, "alice"))
	if got, err := k.UnpackOptions([]byte(data), "mallory"); !errors.Is(err, ErrBroken) || got["pass"] != nil {
		t.Errorf("%v: %v", got, err)
	}
	if got, err := k.UnpackOptions([]byte(strings.Replace(data, `"pass"`, `"realname"`, 1)), "alice"); !errors.Is(err, ErrBroken) || got["realname"] != nil {
		t.Errorf("%v: %v", got, err)
	}
}

func TestRotationSealsSecretsAgain(t *testing.T) {
	file := path(t)
	data := opened(t, file).PackOptions(options, secretNames, "alice")
	k := rotated(t, file)
	fresh, changed, err := k.ResealOptions(data, "alice")
	if !changed || err != nil || readable(fresh) {
		t.Fatalf("%s, %v, %v", fresh, changed, err)
	}
	got, err := k.UnpackOptions(fresh, "alice")
	if diff := cmp.Diff(wanted, got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	if again, changed, err := k.ResealOptions(fresh, "alice"); changed || err != nil || string(again) != string(fresh) {
		t.Errorf("a second time: %s, %v, %v", again, changed, err)
	}
	// With the first key gone nothing is stale, so all was sealed with the new one.
	k.keys = k.keys[:1]
	if got, err := k.UnpackOptions(fresh, "alice"); err != nil || got["pass"][0] != "hunter2" {
		t.Errorf("%v: %v", got, err)
	}
}

func TestWhatCannotBeOpenedStaysAsItIs(t *testing.T) {
	data := opened(t, path(t)).PackOptions(options, secretNames, "alice")
	fresh, changed, err := opened(t, path(t)).ResealOptions(data, "alice")
	if changed || !errors.Is(err, ErrNoKey) || string(fresh) != string(data) {
		t.Errorf("%s, %v, %v", fresh, changed, err)
	}
}

func TestWhatMayBeShownHasNoSecrets(t *testing.T) {
	data := opened(t, path(t)).PackOptions(options, secretNames, "alice")
	shown, err := WithoutSecrets(data)
	if err != nil || string(shown) != `{"commands":[],"empty":[],"nick":["alice"]}` {
		t.Errorf("%s: %v", shown, err)
	}
}

func TestDataThatIsNoOptionsIsRefused(t *testing.T) {
	k := opened(t, path(t))
	for _, data := range []string{"sealed", "[]", "{", `"s1.a.b"`} {
		if _, err := k.UnpackOptions([]byte(data), "alice"); err == nil {
			t.Errorf("%s was taken", data)
		}
	}
	for _, data := range []string{`{"a":1}`, `{"a":{}}`, `{"a":"x"}`, `{"a":[1]}`, `{"a":"\ud800"}`} {
		if got, err := k.UnpackOptions([]byte(data), "alice"); !errors.Is(err, ErrBroken) || len(got) != 0 {
			t.Errorf("%s: %v, %v", data, got, err)
		}
	}
	if got, err := k.UnpackOptions(nil, "alice"); err != nil || len(got) != 0 {
		t.Errorf("of nothing: %v, %v", got, err)
	}
}
