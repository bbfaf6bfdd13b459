package main

import (
	"context"
	"io"
	"time"

	"isthmus/cmd/isthmus/biboumi"
	"isthmus/configs"
	"isthmus/core/options"
	"isthmus/core/seal"
	"isthmus/core/store"

	"github.com/spf13/cobra"
)

func importCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "import", Short: "Take over what another gateway has kept"}
	cmd.AddCommand(importBiboumiCommand())
	return cmd
}

func importBiboumiCommand() *cobra.Command {
	var path, domain string
	cmd := &cobra.Command{Use: "biboumi FILE", Short: "Take over people's options and the archive from the SQLite database of biboumi 9", Args: cobra.ExactArgs(1),
		Long: "Takes over what people have set (nicks, passwords, persistent channels, …) and what was said in their channels from the SQLite database of biboumi 9.\n" +
			"Stop biboumi and Isthmus before. Run it as the user that runs Isthmus. It may be run again: what is there already stays as it is.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return importBiboumi(cmd.Context(), args[0], path, domain, cmd.OutOrStdout())
		}}
	configFlag(cmd, &path)
	transportFlag(cmd, &domain)
	return cmd
}

func importBiboumi(ctx context.Context, file, path, domain string, out io.Writer) (err error) {
	c, err := configs.Load(path)
	if err != nil {
		return err
	}
	chosen, err := chosen(c, domain, "irc")
	if err != nil {
		return err
	}
	ready, err := transport(chosen)
	if err != nil {
		return err
	}
	from, err := biboumi.Open(ctx, file)
	if err != nil {
		return err
	}
	defer from.Close()
	keys, err := seal.Open(c.KeyFile)
	if err != nil {
		return err
	}
	log := logger(c.Log)
	to, err := store.Open(ctx, c.Store, log)
	if err != nil {
		return err
	}
	defer closeStore(to, &err)
	book, err := options.Load(ctx, to, keys, chosen.Domain, ready.Driver.About(), log)
	if err != nil {
		return err
	}
	t, err := newTakeover(ctx, to, book, ready)
	if err != nil {
		return err
	}
	if c.Archive.KeepDays > 0 {
		t.since = time.Now().AddDate(0, 0, -c.Archive.KeepDays)
	}
	if err := t.options(ctx, from); err != nil {
		return err
	}
	if err := t.messages(ctx, from); err != nil {
		return err
	}
	contacts, err := from.Contacts(ctx)
	if err != nil {
		return err
	}
	t.summary(out, contacts)
	return nil
}
