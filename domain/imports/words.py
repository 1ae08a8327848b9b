"""How headers call things, in English, German and a few neighbours, folded to letters without marks and spaces."""

import re
import unicodedata
from functools import lru_cache

from domain.imports.fields import Field

_SAID = {
    Field.FIRST_NAME: """
        first name, firstname, first, fname, given name, forename, christian name, preferred name, vorname, rufname,
        vornamen, prenom, nombre, nombre de pila, voornaam, nome, imie, fornavn, fornamn
    """,
    Field.LAST_NAME: """
        last name, lastname, last, lname, surname, family name, second name, nachname, familienname, zuname, name de
        famille, nom, nom de famille, apellido, apellidos, achternaam, cognome, nazwisko, efternavn, efternamn
    """,
    Field.FULL_NAME: """
        name, full name, contact, contact name, contact person, customer, customer name, client, client name, lead,
        lead name, person, display name, name of contact, ansprechpartner, ansprechperson, kontakt, kontaktname, kunde,
        kundenname, vollstaendiger name, voller name, vor und nachname, vorname nachname, vorname und nachname,
        interessent, nom complet, nombre completo, volledige naam, naam, nome completo, first and last name
    """,
    Field.PHONE: """
        phone, phone number, phone no, telephone, telephone number, tel, tel no, tel nr, mobile, mobile number,
        mobile phone, mobile no, cell, cell phone, cellphone, cell number, contact number, number to call, sms,
        whatsapp, whatsapp number, msisdn, telefon, telefonnummer, telefonnr, telefon nr, rufnummer, mobil,
        mobilnummer, mobiltelefon, mobilfunk, mobilfunknummer, handy, handynummer, handynr, festnetz, portable,
        telephone portable, numero de telephone, telefono, numero de telefono, movil, telefoon, telefoonnummer,
        mobiel, mobiele nummer, cellulare, numer telefonu
    """,
    Field.EMAIL: """
        email, e mail, email address, e mail address, mail, mail address, emailaddress, email id, emailadresse,
        e mail adresse, mailadresse, courriel, adresse email, adresse e mail, correo, correo electronico,
        emailadres, e mailadres, posta elettronica
    """,
    Field.LINKEDIN_URL: """
        linkedin, linkedin url, linkedin profile, linkedin profile url, linkedin link, linkedin profil
    """,
    Field.COMPANY: """
        company, company name, organisation, organization, organisation name, organization name, business,
        business name, employer, account, account name, firm, firma, firmenname, unternehmen, unternehmensname,
        betrieb, organisationsname, arbeitgeber, entreprise, societe, empresa, bedrijf, bedrijfsnaam, azienda
    """,
    Field.TITLE: """
        job title, title, position, role, job role, job, function, job position, jobtitel, funktion, stelle,
        berufsbezeichnung, stellenbezeichnung, poste, fonction, cargo, puesto, functie
    """,
    Field.INDUSTRY: "industry, sector, branche, industrie, wirtschaftszweig, secteur, sector industrial, bedrijfstak",
    Field.ADDRESS: """
        address, street, street address, address line 1, address 1, postal address, home address, street and number,
        adresse, strasse, anschrift, strasse und hausnummer, strasse hausnummer, strasse nr, rue, direccion, calle,
        straat, adres, indirizzo
    """,
    Field.POSTCODE: """
        postcode, post code, postal code, zip, zip code, zipcode, postalcode, plz, postleitzahl, code postal,
        codigo postal, cap, kod pocztowy, postnummer
    """,
    Field.CITY: """
        city, town, city town, place, ort, stadt, wohnort, ortschaft, ville, ciudad, plaats, stad,
        woonplaats, citta, comune
    """,
    Field.COUNTRY: """
        country, country name, nation, land, staat, pays, pais, paese, country code, laendercode,
        laenderkuerzel
    """,
    Field.LOCATION: "location, region, area, standort, gebiet, state, county, bundesland",
    Field.SOURCE: """
        source, lead source, leadsource, origin, channel, how did you hear about us, referral source, herkunft, quelle,
        leadquelle, lead quelle, kanal, source du lead, origen, bron, herkomst, fonte
    """,
    Field.TAGS: """
        tags, tag, labels, label, keywords, groups, segments, schlagworte, schlagwoerter, etiketten,
        stichworte
    """,
    Field.NOTES: """
        notes, note, comment, comments, remarks, remark, description, message, enquiry, inquiry, details,
        additional information, notiz, notizen, bemerkung, bemerkungen, kommentar, kommentare, anmerkung, anmerkungen,
        nachricht, beschreibung, anfrage, anfragetext, commentaire, remarques, observaciones, notas, opmerkingen
    """,
    Field.INQUIRY_DATE: """
        inquiry date, enquiry date, date of inquiry, date of enquiry, date, created, created at, created date,
        date created, creation date, create date, date added, added on, submitted, submitted at, submission date,
        signup date, sign up date, lead date, date of lead, timestamp, datum, anfragedatum, anfrage datum,
        datum der anfrage, anfrage vom, angelegt, angelegt am, erstellt, erstellt am, erstelldatum, eingang,
        eingangsdatum, erfasst am, date de creation, fecha, fecha de creacion, datum aanvraag
    """,
}
# What headers say besides, and what changes nothing.
_FILLER_WORDS = """
    lead leads contact contacts customer client person persons primary main work business private personal home office
    kunde kunden kontakt privat geschaeftlich dienstlich haupt the of your der die das des ihr ihre
"""
_FILLERS = frozenset(_FILLER_WORDS.split())
_MARKS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe"})
_LONGEST = 200
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_BETWEEN = re.compile(r"[\W_]+")


def fold(header: str) -> str:
    """Its words in small plain letters: "E-Mail-Adresse" → "e mail adresse", "firstName" → "first name"."""
    return _fold(header[:_LONGEST])


@lru_cache(4096)
def _fold(header: str) -> str:
    spaced = _CAMEL.sub(" ", header).casefold().translate(_MARKS)
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", spaced) if not unicodedata.combining(letter))
    return _BETWEEN.sub(" ", plain).strip()


_FIELDS = {
    fold(said).replace(" ", ""): field for field, words in _SAID.items() for said in " ".join(words.split()).split(",")
}


def field_for(header: str) -> Field | None:
    """The field a header names outright."""
    return _FIELDS.get(fold(header).replace(" ", ""))


def field_like(header: str) -> Field | None:
    """The field a header names among other words: "Phone 1", "Customer e-mail (private)", "Telefon geschäftlich"."""
    words = [word for word in fold(header).split() if not word.isdecimal()]
    kept = [word for word in words if word not in _FILLERS]
    if not kept:
        return None
    return _FIELDS.get("".join(words)) or _FIELDS.get("".join(kept)) or _longest_within(kept)


def _longest_within(words: list[str]) -> Field | None:
    """The longest run of words that names a field and is half of the header or more: less says too little."""
    for length in range(len(words) - 1, 0, -1):
        if length * 2 < len(words):
            return None
        for start in range(len(words) - length + 1):
            if found := _FIELDS.get("".join(words[start : start + length])):
                return found
    return None


def slug_of(header: str, number: int) -> str:
    """What a custom field made of the column is called: letters, digits and underscores, beginning with a letter."""
    plain = re.sub(r"[^a-z0-9]+", "_", fold(header)).strip("_").lstrip("0123456789_")
    return plain[:50].rstrip("_") or f"column_{number}"
