/*
 * resolve.c
 *		From refs to versions of a dataset.
 *
 * All readings of a ref are looked up; more than one version, or one found in
 * more than one way, is an error, since names move and a ref must not begin to
 * mean something else.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"
#include "pgtime.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "../core/ref.h"
#include "../errcodes.h"
#include "access.h"
#include "resolve.h"
#include "similar.h"

#define CANDIDATES_SHOWN 10
#define DIGITS_SHOWN 12

typedef struct Candidate
{
	Version    *version;
	char	   *label;			/* NULL: the version's number */
} Candidate;

/* A ref while it is looked up. */
typedef struct Resolver
{
	const Dataset *dataset;
	Snapshot	snapshot;
	const char *text;
	char	   *base;			/* the text before the steps */
	Ref			ref;
	Branch	   *trunk;			/* or NULL */
	List	   *candidates;		/* of Candidate */
} Resolver;

void
resolve_syntax_error(const char *what, const char *text,
					 const CoreError *error)
{
	const char *at = text + error->position;
	StringInfoData detail;

	initStringInfo(&detail);
	appendStringInfoString(&detail, error->reason);
	if (error->position != CORE_NO_POSITION)
	{
		appendStringInfo(&detail, " at character %d, found ",
						 pg_mbstrlen_with_len(text,
											  (int) error->position) + 1);
		if (*at == '\0')
			appendStringInfoString(&detail, "end of text");
		else
			appendStringInfo(&detail, "\"%.*s\"", pg_mblen(at), at);
	}
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid %s: \"%s\"", what, text),
			 errdetail("%s.", detail.data)));
}

static void
add_candidate(Resolver *resolver, Version *version, char *label)
{
	Candidate  *candidate;

	if (version == NULL)
		return;
	candidate = palloc(sizeof(*candidate));
	candidate->version = version;
	candidate->label = label;
	resolver->candidates = lappend(resolver->candidates, candidate);
}

/* The last version of a branch, which may have none of its own yet. */
static Version *
last_version(const Branch *branch, Snapshot snapshot)
{
	if (branch == NULL)
		return NULL;
	if (branch->number > 0)
		return version_find(branch->id, branch->number, snapshot);
	if (branch->parent == 0)
		return NULL;
	return version_find(branch->parent, branch->parent_number, snapshot);
}

/* The instant at which a local day begins. */
static TimestampTz
start_of_day(struct pg_tm *day)
{
	TimestampTz start;
	TimestampTz before;
	struct pg_tm local;
	fsec_t		fraction;
	int			zone = DetermineTimeZoneOffset(day, session_timezone);

	if (tm2timestamp(day, 0, &zone, &start) != 0)
		elog(ERROR, "day of a ref is out of range");

	/* where clocks go back over midnight, there are two: the first one counts */
	before = start - 1;
	if (timestamp2tm(before, &zone, &local, &fraction, NULL,
					 session_timezone) != 0)
		elog(ERROR, "day of a ref is out of range");
	if (local.tm_mday == day->tm_mday)
		start = before - fraction -
			((local.tm_hour * INT64CONST(60) + local.tm_min) * 60 +
			 local.tm_sec) * USECS_PER_SEC;
	return start;
}

/* The last microsecond of a day of the session's time zone. */
static TimestampTz
end_of_day(const RefTime *time)
{
	struct pg_tm next = {0};

	j2date(date2j(time->year, time->month, time->day) + 1, &next.tm_year,
		   &next.tm_mon, &next.tm_mday);
	return start_of_day(&next) - 1;
}

static TimestampTz
time_of_ref(const RefTime *time)
{
	struct pg_tm local = {0};
	TimestampTz result;
	int			zone;

	if (!time->has_time)
		return end_of_day(time);
	local.tm_year = time->year;
	local.tm_mon = time->month;
	local.tm_mday = time->day;
	local.tm_hour = time->hour;
	local.tm_min = time->minute;
	local.tm_sec = (int) (time->microseconds / USECS_PER_SEC);
	/* seconds west of UTC in PostgreSQL */
	zone = time->has_zone ? -time->zone :
		DetermineTimeZoneOffset(&local, session_timezone);
	if (tm2timestamp(&local, (fsec_t) (time->microseconds % USECS_PER_SEC),
					 &zone, &result) != 0)
		elog(ERROR, "time of a ref is out of range");
	return result;
}

static void
read_time(Resolver *resolver)
{
	VersionPath *path;

	if (resolver->trunk == NULL)
		return;
	path = version_path(resolver->trunk->id, resolver->trunk->number,
						resolver->snapshot);
	add_candidate(resolver,
				  version_find_time(path, time_of_ref(&resolver->ref.time),
									resolver->snapshot),
				  psprintf("time %s", resolver->base));
}

static void
read_number(Resolver *resolver)
{
	if (resolver->trunk != NULL &&
		resolver->ref.number <= resolver->trunk->number)
		add_candidate(resolver,
					  version_find(resolver->trunk->id, resolver->ref.number,
								   resolver->snapshot), NULL);
}

/* "v3", or for other branches "v3 of branch "x"". */
static char *
version_label(const Resolver *resolver, const Version *version)
{
	Branch	   *branch;

	if (resolver->trunk != NULL && version->branch == resolver->trunk->id)
		return psprintf("v%d", version->number);
	branch = branch_find_id(version->branch, resolver->snapshot);
	return psprintf("v%d of branch \"%s\"", version->number,
					branch != NULL ? branch->name : "?");
}

static void
read_revision(Resolver *resolver)
{
	List	   *versions = version_find_revisions(resolver->dataset->id,
												  &resolver->ref.first,
												  &resolver->ref.last,
												  resolver->snapshot);
	ListCell   *cell;

	foreach(cell, versions)
	{
		Version    *version = lfirst(cell);
		char		digits[REVISION_TEXT_SIZE];

		revision_format(&version->revision, digits);
		add_candidate(resolver, version,
					  psprintf("revision %.*s", DIGITS_SHOWN, digits));
	}
}

static void
read_name(Resolver *resolver)
{
	int32		dataset = resolver->dataset->id;
	Mark	   *mark = mark_find(dataset, resolver->base, resolver->snapshot);

	if (mark != NULL)
		add_candidate(resolver,
					  version_find_id(mark->version, resolver->snapshot),
					  psprintf("mark \"%s\"", mark->name));
	add_candidate(resolver,
				  last_version(branch_find(dataset, resolver->base,
										   resolver->snapshot),
							   resolver->snapshot),
				  psprintf("branch \"%s\"", resolver->base));
}

static void
read_base(Resolver *resolver, RefKind kind)
{
	switch (kind)
	{
		case REF_WORKING:
			break;
		case REF_HEAD:
			add_candidate(resolver,
						  last_version(resolver->trunk, resolver->snapshot),
						  pstrdup("HEAD"));
			break;
		case REF_TIME:
			read_time(resolver);
			break;
		case REF_NUMBER:
			read_number(resolver);
			break;
		case REF_REVISION:
			read_revision(resolver);
			break;
		case REF_NAME:
			read_name(resolver);
			break;
	}
}

static void
fail_ambiguous(const Resolver *resolver)
{
	int			count = list_length(resolver->candidates);
	StringInfoData list;
	ListCell   *cell;

	initStringInfo(&list);
	foreach(cell, resolver->candidates)
	{
		Candidate  *candidate = lfirst(cell);

		if (foreach_current_index(cell) == CANDIDATES_SHOWN)
		{
			appendStringInfo(&list, ", and %d more", count - CANDIDATES_SHOWN);
			break;
		}
		appendStringInfoString(&list, list.len == 0 ? "" : ", ");
		if (candidate->label == NULL)
			appendStringInfo(&list, "version %s",
							 version_label(resolver, candidate->version));
		else
			appendStringInfo(&list, "%s (%s)", candidate->label,
							 version_label(resolver, candidate->version));
	}
	ereport(ERROR,
			(errcode(ERRCODE_ALLMENDE_REF_AMBIGUOUS),
			 errmsg("ref \"%s\" is ambiguous in dataset \"%s\"",
					resolver->text, access_dataset_name(resolver->dataset)),
			 errdetail("It may be %s.", list.data)));
}

/* Does a ref read in this way, too? */
static bool
reads_as(const Ref *ref, RefKind kind)
{
	for (int i = 0; i < ref->count; i++)
		if (ref->readings[i] == kind)
			return true;
	return false;
}

static char *
first_time(const Resolver *resolver)
{
	VersionPath *path = version_path(resolver->trunk->id,
									 resolver->trunk->number,
									 resolver->snapshot);
	VersionPlace trunk = path->places[path->count - 1];
	Version    *first = version_find(trunk.branch, 1, resolver->snapshot);

	if (first == NULL)
		return NULL;
	return pstrdup(timestamptz_to_str(first->has_valid_at ? first->valid_at :
									  first->committed_at));
}

/* What there is in place of what was not found. */
static char *
not_found_detail(const Resolver *resolver)
{
	const Ref  *ref = &resolver->ref;
	char	   *first;

	if (resolver->trunk == NULL || resolver->trunk->number == 0)
		return "It has no versions.";
	if (reads_as(ref, REF_NUMBER))
		return resolver->trunk->number == 1 ? "The only version is v1." :
			psprintf("Versions are v1 to v%d.", resolver->trunk->number);
	if (reads_as(ref, REF_TIME) && (first = first_time(resolver)) != NULL)
		return psprintf("Its first version is of %s.", first);
	if (reads_as(ref, REF_REVISION))
		return "No revision begins so, and no mark or branch is called so.";
	return "No mark or branch is called so.";
}

/* Names of marks and branches that may be meant, NULL where there are none. */
static char *
similar_names(const Resolver *resolver)
{
	List	   *names = NIL;
	ListCell   *cell;

	if (!reads_as(&resolver->ref, REF_NAME))
		return NULL;
	foreach(cell, mark_list(resolver->dataset->id, resolver->snapshot))
		names = lappend(names, ((Mark *) lfirst(cell))->name);
	foreach(cell, branch_list(resolver->dataset->id, resolver->snapshot))
		names = lappend(names, ((Branch *) lfirst(cell))->name);
	return similar_list(resolver->base, names, CANDIDATES_SHOWN);
}

static void
fail_not_found(const Resolver *resolver)
{
	char	   *names = similar_names(resolver);

	ereport(ERROR,
			(errcode(ERRCODE_ALLMENDE_REF_NOT_FOUND),
			 errmsg("ref \"%s\" names no version of dataset \"%s\"",
					resolver->text, access_dataset_name(resolver->dataset)),
			 errdetail("%s", not_found_detail(resolver)),
			 names != NULL ? errhint("Names like it: %s.", names) : 0));
}

static void
fail_no_such_step(const Resolver *resolver, const Version *base, int64 before)
{
	ereport(ERROR,
			(errcode(ERRCODE_ALLMENDE_REF_NOT_FOUND),
			 errmsg("ref \"%s\" names no version of dataset \"%s\"",
					resolver->text, access_dataset_name(resolver->dataset)),
			 before == 0 ?
			 errdetail("%s is the first version.",
					   version_label(resolver, base)) :
			 errdetail_plural("Before %s there is %lld version.",
							  "Before %s there are %lld versions.",
							  (unsigned long) before,
							  version_label(resolver, base),
							  (long long) before)));
}

/* The version some steps before another, on its branch and those before it. */
static Version *
step_back(const Resolver *resolver, Version *base)
{
	VersionPath *path = version_path(base->branch, base->number,
									 resolver->snapshot);
	int64		steps = resolver->ref.steps;
	int64		before = -1;

	for (int i = 0; i < path->count; i++)
	{
		VersionPlace place = path->places[i];

		if (steps < place.number)
			return version_find(place.branch, place.number - (int32) steps,
								resolver->snapshot);
		steps -= place.number;
		before += place.number;
	}
	fail_no_such_step(resolver, base, before);
	return NULL;				/* not reached */
}

Version *
resolve_ref(const Dataset *dataset, const char *ref, Snapshot snapshot)
{
	Resolver	resolver = {.dataset = dataset,.snapshot = snapshot,.text = ref};
	Version    *version;
	CoreError	error;

	if (!ref_parse(ref, strlen(ref), &resolver.ref, &error))
		resolve_syntax_error("ref", ref, &error);
	if (resolver.ref.readings[0] == REF_WORKING)
		return NULL;
	resolver.base = pnstrdup(ref, resolver.ref.base_length);
	resolver.trunk = branch_find(dataset->id, "main", snapshot);
	for (int i = 0; i < resolver.ref.count; i++)
		read_base(&resolver, resolver.ref.readings[i]);
	if (resolver.candidates == NIL)
		fail_not_found(&resolver);
	if (list_length(resolver.candidates) > 1)
		fail_ambiguous(&resolver);

	version = ((Candidate *) linitial(resolver.candidates))->version;
	if (resolver.ref.steps > 0)
		version = step_back(&resolver, version);
	if (version == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("version \"%s\" of dataset \"%s\" is missing in the catalogue",
						ref, access_dataset_name(dataset))));
	return version;
}

Version *
resolve_committed(const Dataset *dataset, const char *ref, Snapshot snapshot)
{
	Version    *version = resolve_ref(dataset, ref, snapshot);

	if (version == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("ref \"%s\" is not a version", ref),
				 errdetail("It names the table with edits that are not committed."),
				 errhint("The last version is HEAD.")));
	return version;
}

char *
resolve_name(const Version *version, const Branch *trunk)
{
	char	   *digits;

	if (trunk != NULL && version->branch == trunk->id)
		return psprintf("v%d", version->number);
	digits = palloc(REVISION_TEXT_SIZE);
	revision_format(&version->revision, digits);
	return digits;
}
