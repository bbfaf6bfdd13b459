package loopback_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"isthmus/mapping/text"
	"isthmus/transports"
	"isthmus/transports/loopback"
)

func TestWhoIsSpokenForHasTheirOwnFace(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/bob.png" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write([]byte("a face"))
	}))
	defer web.Close()
	d := start(t, loopback.Config{})
	room := d.Network(scope).AddRoom("Lobby", "")
	tess, ada := visit(t, d, transports.Account{Person: "tess", Name: "Tess"}), visit(t, d, transports.Account{Person: "ada", Name: "Ada"})
	tess.must(transports.Join{Room: room})
	ada.must(transports.Join{Room: room})
	tess.must(transports.Send{Place: transports.InRoom(room), Text: text.Plain("hi"), As: &transports.Persona{Name: "Bob", Picture: web.URL + "/bob.png"}})
	heard := expect(ada, func(m transports.Message) bool { return m.Text.String() == "hi" })
	if heard.From.Name != "Bob" || heard.From.Picture == "" {
		t.Fatalf("heard from %+v", heard.From)
	}
	faces := ada.session.(transports.Profiles)
	data, kind, err := faces.Picture(t.Context(), transports.TalkWith(heard.From.ID), heard.From.Picture, 100)
	if string(data) != "a face" || kind != "image/png" || err != nil {
		t.Errorf("%q %s %v", data, kind, err)
	}
	_, _, err = faces.Picture(t.Context(), transports.TalkWith(heard.From.ID), heard.From.Picture, 3)
	wantFault(t, err, transports.TooLarge)
	_, _, err = faces.Picture(t.Context(), transports.TalkWith(heard.From.ID), web.URL+"/gone.png", 100)
	wantFault(t, err, transports.NotFound)
}
