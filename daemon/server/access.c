/* SPDX-License-Identifier: MIT */
/*
 * The kernel tells the groups of a peer (SO_PEERGROUPS, Linux 4.13), and names
 * are looked up when the configuration is read, so nobody asks a user database
 * while clients wait; systemd-logind tells who sits at the machine, so that a
 * desktop's user has nothing to set up.
 *
 * The rules of a board replace those for all boards.  Lines add up: what any
 * line that fits grants is granted.
 */
#include "access.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-login.h>
#include <unistd.h>

#include "daemon/base/memory.h"
#include "protocol/schema.h"

/* setgroups(2): no process has more. */
#define GROUPS_MAX 65536

void
access_init(struct access *access)
{
	const struct group	*group = getgrnam(ACCESS_GROUP);

	*access = (struct access){ .has_group = group != NULL };
	if (group != NULL)
		access->group = group->gr_gid;
}

void
access_finish(struct access *access)
{
	struct access_rule	*r;

	for (r = access->rules; r < access->rules + access->count; r++) {
		free(r->board);
		free(r->methods);
		free(r->letters);
	}
	access->count = 0;
}

static const char *
access_set_who(struct access_rule *r, const char *who)
{
	const struct passwd	*user;
	const struct group	*group;

	if (strcmp(who, "*") == 0) {
		r->who = ACCESS_EVERYBODY;
	} else if (who[0] == '@') {
		r->who = ACCESS_GROUP_OF;
		group = getgrnam(who + 1);
		if (group == NULL)
			return "there is no such group";
		r->id = group->gr_gid;
	} else {
		r->who = ACCESS_USER;
		user = getpwnam(who);
		if (user == NULL)
			return "there is no such user; a group is @NAME";
		r->id = user->pw_uid;
	}
	return NULL;
}

static bool
access_is_right(const char *name)
{
	unsigned	 line;
	struct schema	*schema = xhave(schema_parse(interface_picod, &line));
	const char	*method;
	size_t		 i;
	bool		 found = strcmp(name, ACCESS_TRACE) == 0;

	for (i = 0; !found && (method =
	    schema_member_name(schema, SCHEMA_METHOD, i)) != NULL; i++)
		found = strcmp(method, name) == 0;
	schema_destroy(schema);
	return found;
}

/* Several words with letters add up. */
static void
access_add_letters(struct access_rule *r, const char *more)
{
	const char	*had = r->letters == NULL ? "" : r->letters;
	char		*all = xmalloc(strlen(had) + strlen(more) + 1);

	strcpy(stpcpy(all, had), more);
	free(r->letters);
	r->letters = all;
}

/* Takes the letters out of "Send(abc)". */
static const char *
access_set_letters(struct access_rule *r, char *word)
{
	char	*open = strchr(word, '('), *close;
	size_t	 len;

	if (open == NULL)
		return NULL;
	*open++ = '\0';
	close = strchr(open, ')');
	len = strspn(open, "abcdefghijklmnopqrstuvwxyz");
	if (strcmp(word, "Send") != 0 || close == NULL || close[1] != '\0' ||
	    len == 0 || open + len != close)
		return "only Send takes command letters: Send(abc)";
	*close = '\0';
	access_add_letters(r, open);
	return NULL;
}

static const char *
access_set_methods(struct access_rule *r, char *words)
{
	char		*word, *rest = words, *out;
	const char	*why;
	bool		 whole = false;	/* Send, whatever the letters */

	r->methods = xmalloc(2 * strlen(words) + 2);
	out = stpcpy(r->methods, " ");
	while ((word = strsep(&rest, " \t")) != NULL) {
		if (word[0] == '\0' || strcmp(word, "none") == 0)
			continue;
		if (strcmp(word, "all") == 0) {
			r->all = true;
			continue;
		}
		whole |= strcmp(word, "Send") == 0;
		why = access_set_letters(r, word);
		if (why != NULL)
			return why;
		if (!access_is_right(word))
			return "these are not all methods; a method is one of "
			    "io.picod's (Send, Watch, Reset ...), Trace, all or "
			    "none";
		out = stpcpy(stpcpy(out, word), " ");
	}
	if (whole) {
		free(r->letters);
		r->letters = NULL;
	}
	return NULL;
}

const char *
access_add(struct access *access, const char *board, const char *who,
    const char *what)
{
	struct access_rule	*r = &access->rules[access->count];
	char			*words;
	const char		*why;

	if (access->count == LIMIT_RULES)
		return "there are too many rules";
	words = xstrdup(what);
	*r = (struct access_rule){ 0 };
	access->count++;		/* access_finish() frees its parts */
	if (board != NULL)
		r->board = xstrdup(board);
	why = access_set_who(r, who);
	if (why == NULL)
		why = access_set_methods(r, words);
	free(words);
	return why;
}

void
access_groups_init(struct access_groups *groups, int fd)
{
	socklen_t	len = 0;

	*groups = (struct access_groups){ 0 };
	/* Asked with no room it says how much it wants (ERANGE). */
	(void)getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, NULL, &len);
	if (len == 0 || len > GROUPS_MAX * sizeof(gid_t))
		return;
	groups->ids = xmalloc(len);
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups->ids, &len) == 0)
		groups->count = len / sizeof(gid_t);
}

void
access_groups_finish(struct access_groups *groups)
{
	free(groups->ids);
	*groups = (struct access_groups){ 0 };
}

static bool
access_in_group(const struct client *client, const struct access_groups *groups,
    gid_t gid)
{
	size_t	i;

	if (client->gid == gid)
		return true;
	for (i = 0; i < groups->count; i++)
		if (groups->ids[i] == gid)
			return true;
	return false;
}

bool
access_may_connect(const struct access *access, const struct client *client,
    const struct access_groups *groups)
{
	return client->uid == 0 || client->uid == geteuid() ||
	    (access->has_group &&
	    access_in_group(client, groups, access->group)) ||
	    sd_uid_is_on_seat(client->uid, 1, "seat0") > 0;
}

static bool
access_rule_fits(const struct access_rule *r, const struct client *client,
    const struct access_groups *groups)
{
	switch (r->who) {
	case ACCESS_USER: return client->uid == r->id;
	case ACCESS_GROUP_OF: return access_in_group(client, groups, r->id);
	case ACCESS_EVERYBODY: return true;
	}
	return false;
}

static bool
access_rule_grants(const struct access_rule *r, const struct access_ask *ask)
{
	char	word[64];

	if (r->all)
		return true;
	snprintf(word, sizeof word, " %s ", ask->method);
	if (strstr(r->methods, word) == NULL)
		return false;
	if (r->letters == NULL || ask->text == NULL ||
	    strcmp(ask->method, "Send") != 0)
		return true;
	return ask->is_command && ask->len > 0 &&
	    memchr(r->letters, ask->text[0], strlen(r->letters)) != NULL;
}

/* Whether there are rules for that board; NULL: for all boards. */
static bool
access_has_rules_of(const struct access *access, const char *board)
{
	const struct access_rule	*r;

	for (r = access->rules; r < access->rules + access->count; r++)
		if (board == NULL ? r->board == NULL : r->board != NULL &&
		    strcmp(r->board, board) == 0)
			return true;
	return false;
}

bool
access_has_rules(const struct access *access, const char *board)
{
	return access_has_rules_of(access, board) ||
	    access_has_rules_of(access, NULL);
}

/* Whether a rule says anything of that board, or of any. */
static bool
access_rule_is_of(const struct access_rule *r, const char *board, bool own)
{
	if (board == NULL)
		return true;
	return own ? r->board != NULL && strcmp(r->board, board) == 0 :
	    r->board == NULL;
}

bool
access_permits(const struct access *access, const struct client *client,
    const struct access_groups *groups, const struct access_ask *ask)
{
	const struct access_rule	*r;
	bool				 own;

	own = ask->board != NULL && access_has_rules_of(access, ask->board);
	if (client->uid == 0 || (!own && !access_has_rules_of(access, NULL)))
		return true;
	for (r = access->rules; r < access->rules + access->count; r++)
		if (access_rule_is_of(r, ask->board, own) &&
		    access_rule_fits(r, client, groups) &&
		    access_rule_grants(r, ask))
			return true;
	return false;
}
