# The install script does not adopt objects that somebody put in its way, and
# does not run theirs.

use strict;
use warnings;
use Allmende::Test;
use Test::More;

my $database = create_database('hostile', bare => 1);
psql($database, 'CREATE EXTENSION postgis');

psql($database, q{
	CREATE SCHEMA allmende;
	CREATE FUNCTION allmende.is_ags(text) RETURNS bool LANGUAGE sql AS 'SELECT true'});
like(psql_fails($database, 'CREATE EXTENSION allmende'),
	qr/already exists with same argument types/,
	'a function of the same name makes CREATE EXTENSION fail');
psql($database, 'DROP SCHEMA allmende CASCADE');

psql($database, q{
	CREATE SCHEMA allmende;
	CREATE TABLE allmende.municipality (ags text)});
like(psql_fails($database, 'CREATE EXTENSION allmende'),
	qr/relation "municipality" already exists/, 'so does a table');
psql($database, 'DROP SCHEMA allmende CASCADE');

# functions and operators in the path before the right ones are not called
psql($database, q{
	CREATE TABLE public.caught (what text);
	CREATE FUNCTION public.caught(what text) RETURNS void LANGUAGE sql AS
		'INSERT INTO public.caught VALUES (what)';
	CREATE FUNCTION public.length(text) RETURNS int LANGUAGE plpgsql AS
		$$BEGIN PERFORM public.caught('length'); RETURN 8; END$$;
	CREATE FUNCTION public.pg_extension_config_dump(regclass, text) RETURNS void LANGUAGE plpgsql AS
		$$BEGIN PERFORM public.caught('dump'); END$$;
	CREATE FUNCTION public.eq(text, text) RETURNS bool LANGUAGE plpgsql AS
		$$BEGIN PERFORM public.caught('eq'); RETURN true; END$$;
	CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = text, FUNCTION = public.eq);
	CREATE OPERATOR public.<> (LEFTARG = text, RIGHTARG = text, FUNCTION = public.eq);
	SET search_path = public, pg_catalog;
	CREATE EXTENSION allmende;
	INSERT INTO allmende.municipality VALUES ('05111000', '051110000000', 'Düsseldorf', 'Düsseldorf');
	UPDATE allmende.municipality SET name = 'x' WHERE allmende.municipality.name OPERATOR(pg_catalog.=) 'Olpe'});
is(psql($database, 'SELECT count(*) FROM public.caught'), '0',
	'nothing of theirs ran, neither at installation nor in our trigger');

psql('postgres', 'DROP DATABASE hostile');

# a database in another encoding is refused as a whole
psql('postgres', q{CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'});
like(psql_fails('latin', 'CREATE EXTENSION allmende CASCADE'),
	qr/needs a database in UTF8, this one is in LATIN1/,
	'a database in LATIN1 is refused');
is(psql('latin', q{SELECT count(*) FROM pg_namespace WHERE nspname = 'allmende'}),
	'0', '... and nothing is left behind');
psql('postgres', 'DROP DATABASE latin');
done_testing();
