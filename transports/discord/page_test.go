package discord

import (
	counting "math/bits"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// page is the section of the page on Discord under a heading.
func page(t *testing.T, heading string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "discord.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), "\n## "+heading+"\n")
	if !found {
		t.Fatalf("the page has no section %q", heading)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	return section
}

// TestThePageNamesThePermissionsOfTheInvitation: those that the link asks for, no others, and what governing needs besides.
func TestThePageNamesThePermissionsOfTheInvitation(t *testing.T) {
	section := page(t, "Logging in")
	table := section[strings.Index(section, "|---|---|"):]
	table, rest, _ := strings.Cut(table, "\n\n")
	var listed, asked, more []string
	for _, row := range strings.Split(table, "\n")[1:] {
		for _, name := range strings.Split(strings.Split(row, "|")[1], ",") {
			listed = append(listed, strings.TrimSpace(name))
		}
	}
	for _, p := range permissionNames {
		name := p.name
		if p.bit == viewChannel { // of a whole server it is that
			name = "View Channels"
		}
		if wantedPermissions&p.bit != 0 {
			asked = append(asked, name)
		} else {
			more = append(more, name)
		}
	}
	slices.Sort(listed)
	slices.Sort(asked)
	if !slices.Equal(listed, asked) || len(asked) != counting.OnesCount64(wantedPermissions) {
		t.Errorf("the page lists\n  %q\nand the link asks for\n  %q, %d permissions", listed, asked, counting.OnesCount64(wantedPermissions))
	}
	for _, name := range more {
		if !strings.Contains(rest, "*"+name+"*") {
			t.Errorf("the page does not say what %q is for", name)
		}
	}
}

// TestThePageAndTheFormNameTheSameSwitches: as Discord's page for applications does.
func TestThePageAndTheFormNameTheSameSwitches(t *testing.T) {
	section := page(t, "Logging in")
	for what, text := range map[string]string{"the page": section, "the form": botText} {
		for _, name := range []string{"New Application", "Reset Token", "Privileged Gateway Intents", "Server Members Intent", "Message Content Intent", "Presence Intent"} {
			if !regexp.MustCompile("[*“]" + name + "[*”]").MatchString(text) {
				t.Errorf("%s does not name “%s”", what, name)
			}
		}
	}
	if missing := (application{Flags: new(int64)}).missing(); missing != "“Message Content Intent” and “Server Members Intent”" {
		t.Errorf("without them it is said that %s are missing", missing)
	}
}
