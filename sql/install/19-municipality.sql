-- Reference table of municipalities.  Ships the 59 of Südwestfalen: facts of
-- GV-ISys, Gebietsstand 31.12.2023.  All of Germany can be loaded; see
-- docs/types.md.  Keys are text, as in tables that GIS clients read.

CREATE TABLE allmende.municipality (
	ags text PRIMARY KEY
		CHECK (allmende.is_ags(ags) AND pg_catalog.length(ags) OPERATOR(pg_catalog.=) 8),
	ars text NOT NULL UNIQUE CHECK (allmende.is_ars(ars)),
	name text NOT NULL CHECK (name OPERATOR(pg_catalog.<>) ''),
	district text NOT NULL CHECK (district OPERATOR(pg_catalog.<>) ''),
	shipped boolean NOT NULL DEFAULT false,
	CONSTRAINT municipality_keys_agree_check CHECK (NOT allmende.is_ars(ars)
		OR allmende.text(allmende.ags(allmende.ars(ars))) OPERATOR(pg_catalog.=) ags)
);
COMMENT ON TABLE allmende.municipality IS
'Municipalities: the 59 of Südwestfalen ship with the extension, others can be added. A row of yours replaces the shipped one of the same key. Source of the shipped rows: Statistisches Bundesamt, GV-ISys.';
COMMENT ON COLUMN allmende.municipality.ags IS
'Amtlicher Gemeindeschlüssel, 8 digits';
COMMENT ON COLUMN allmende.municipality.ars IS
'Amtlicher Regionalschlüssel, 12 digits';
COMMENT ON COLUMN allmende.municipality.name IS
'official name, without designations such as Stadt';
COMMENT ON COLUMN allmende.municipality.district IS
'name of the district (Kreis), or of the city itself where it is its own';
COMMENT ON COLUMN allmende.municipality.shipped IS
'true for the rows that the extension brings, which a dump leaves out; false for rows that were added or changed here';

INSERT INTO allmende.municipality (ags, ars, name, district, shipped) VALUES
	('05958004', '059580004004', 'Arnsberg', 'Hochsauerlandkreis', true),
	('05958008', '059580008008', 'Bestwig', 'Hochsauerlandkreis', true),
	('05958012', '059580012012', 'Brilon', 'Hochsauerlandkreis', true),
	('05958016', '059580016016', 'Eslohe (Sauerland)', 'Hochsauerlandkreis', true),
	('05958020', '059580020020', 'Hallenberg', 'Hochsauerlandkreis', true),
	('05958024', '059580024024', 'Marsberg', 'Hochsauerlandkreis', true),
	('05958028', '059580028028', 'Medebach', 'Hochsauerlandkreis', true),
	('05958032', '059580032032', 'Meschede', 'Hochsauerlandkreis', true),
	('05958036', '059580036036', 'Olsberg', 'Hochsauerlandkreis', true),
	('05958040', '059580040040', 'Schmallenberg', 'Hochsauerlandkreis', true),
	('05958044', '059580044044', 'Sundern (Sauerland)', 'Hochsauerlandkreis', true),
	('05958048', '059580048048', 'Winterberg', 'Hochsauerlandkreis', true),
	('05962004', '059620004004', 'Altena', 'Märkischer Kreis', true),
	('05962008', '059620008008', 'Balve', 'Märkischer Kreis', true),
	('05962012', '059620012012', 'Halver', 'Märkischer Kreis', true),
	('05962016', '059620016016', 'Hemer', 'Märkischer Kreis', true),
	('05962020', '059620020020', 'Herscheid', 'Märkischer Kreis', true),
	('05962024', '059620024024', 'Iserlohn', 'Märkischer Kreis', true),
	('05962028', '059620028028', 'Kierspe', 'Märkischer Kreis', true),
	('05962032', '059620032032', 'Lüdenscheid', 'Märkischer Kreis', true),
	('05962036', '059620036036', 'Meinerzhagen', 'Märkischer Kreis', true),
	('05962040', '059620040040', 'Menden (Sauerland)', 'Märkischer Kreis', true),
	('05962044', '059620044044', 'Nachrodt-Wiblingwerde', 'Märkischer Kreis', true),
	('05962048', '059620048048', 'Neuenrade', 'Märkischer Kreis', true),
	('05962052', '059620052052', 'Plettenberg', 'Märkischer Kreis', true),
	('05962056', '059620056056', 'Schalksmühle', 'Märkischer Kreis', true),
	('05962060', '059620060060', 'Werdohl', 'Märkischer Kreis', true),
	('05966004', '059660004004', 'Attendorn', 'Kreis Olpe', true),
	('05966008', '059660008008', 'Drolshagen', 'Kreis Olpe', true),
	('05966012', '059660012012', 'Finnentrop', 'Kreis Olpe', true),
	('05966016', '059660016016', 'Kirchhundem', 'Kreis Olpe', true),
	('05966020', '059660020020', 'Lennestadt', 'Kreis Olpe', true),
	('05966024', '059660024024', 'Olpe', 'Kreis Olpe', true),
	('05966028', '059660028028', 'Wenden', 'Kreis Olpe', true),
	('05970004', '059700004004', 'Bad Berleburg', 'Kreis Siegen-Wittgenstein', true),
	('05970008', '059700008008', 'Burbach', 'Kreis Siegen-Wittgenstein', true),
	('05970012', '059700012012', 'Erndtebrück', 'Kreis Siegen-Wittgenstein', true),
	('05970016', '059700016016', 'Freudenberg', 'Kreis Siegen-Wittgenstein', true),
	('05970020', '059700020020', 'Hilchenbach', 'Kreis Siegen-Wittgenstein', true),
	('05970024', '059700024024', 'Kreuztal', 'Kreis Siegen-Wittgenstein', true),
	('05970028', '059700028028', 'Bad Laasphe', 'Kreis Siegen-Wittgenstein', true),
	('05970032', '059700032032', 'Netphen', 'Kreis Siegen-Wittgenstein', true),
	('05970036', '059700036036', 'Neunkirchen', 'Kreis Siegen-Wittgenstein', true),
	('05970040', '059700040040', 'Siegen', 'Kreis Siegen-Wittgenstein', true),
	('05970044', '059700044044', 'Wilnsdorf', 'Kreis Siegen-Wittgenstein', true),
	('05974004', '059740004004', 'Anröchte', 'Kreis Soest', true),
	('05974008', '059740008008', 'Bad Sassendorf', 'Kreis Soest', true),
	('05974012', '059740012012', 'Ense', 'Kreis Soest', true),
	('05974016', '059740016016', 'Erwitte', 'Kreis Soest', true),
	('05974020', '059740020020', 'Geseke', 'Kreis Soest', true),
	('05974024', '059740024024', 'Lippetal', 'Kreis Soest', true),
	('05974028', '059740028028', 'Lippstadt', 'Kreis Soest', true),
	('05974032', '059740032032', 'Möhnesee', 'Kreis Soest', true),
	('05974036', '059740036036', 'Rüthen', 'Kreis Soest', true),
	('05974040', '059740040040', 'Soest', 'Kreis Soest', true),
	('05974044', '059740044044', 'Warstein', 'Kreis Soest', true),
	('05974048', '059740048048', 'Welver', 'Kreis Soest', true),
	('05974052', '059740052052', 'Werl', 'Kreis Soest', true),
	('05974056', '059740056056', 'Wickede (Ruhr)', 'Kreis Soest', true);

-- Rows of the administrator win over shipped ones, at once and in a restored
-- dump, which holds the former beside a fresh set of the latter.
CREATE FUNCTION allmende.municipality_replace_shipped() RETURNS trigger
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	IF TG_OP OPERATOR(pg_catalog.=) 'UPDATE' THEN
		NEW.shipped := false;
	ELSIF NOT NEW.shipped THEN
		DELETE FROM allmende.municipality AS m
		WHERE m.ags OPERATOR(pg_catalog.=) NEW.ags AND m.shipped;
	END IF;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION allmende.municipality_replace_shipped() IS
'Trigger of allmende.municipality: an inserted row replaces the shipped one of its key; a changed row is no longer a shipped one.';
CREATE TRIGGER replace_shipped
	BEFORE INSERT OR UPDATE ON allmende.municipality
	FOR EACH ROW EXECUTE FUNCTION allmende.municipality_replace_shipped();

GRANT SELECT ON allmende.municipality TO PUBLIC;
