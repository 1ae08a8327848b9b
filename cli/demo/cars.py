"""The texts of Harbour Auto and its leads."""

from cli.demo.contacts import Book
from cli.demo.scenes import scene, them, us

BOOK = Book(
    entries=(
        "Madison Clark",
        "Tyler Brennan, Brennan Roofing",
        "Alejandra Ruiz",
        "Derek Sullivan",
        "Keisha Washington",
        "Frank DiNapoli, DiNapoli Catering",
        "Emily Zhang",
        "Patrick O'Rourke",
        "Jasmine Carter",
        "Luis Ortega, Ortega Landscaping",
        "Brittany Olsen",
        "Greg Kowalski",
        "Simone Baptiste",
        "Howard Stein, Stein Plumbing",
        "Nicole Pereira",
        "Vincent Lam",
        "Abby Thornton",
        "Carlos Mendes, Mendes Cleaning",
        "Rachel Goldberg",
        "Jamal Edwards",
        "Katie Flanagan",
        "Omar Haddad, Haddad Electric",
        "Dana Whitfield",
        "Steve Novak",
        "Monique Laurent, Bay State Florist",
        "Eric Johansson",
        "Tara Singh",
        "Bill Casey",
        "Angela Russo, Russo Bakery",
        "Kevin Doyle",
        "Megan Price",
        "Hector Salazar",
        "Irene Papadakis, North End Tours",
        "Josh Feldman",
        "Lauren Beck",
        "Andre Thompson",
        "Paula Medeiros, Medeiros Seafood",
        "Scott Hanley",
        "Wei Lin",
        "Christina Vance",
    ),
    tags=("trade-in", "suv", "truck", "lease-end", "first-car", "hybrid", "financing", "service"),
    towns=(("Boston", "02128"), ("Quincy", "02169"), ("Somerville", "02143"), ("Lynn", "01902"), ("Medford", "02155")),
    industries={
        "Brennan Roofing": "Construction",
        "DiNapoli Catering": "Catering",
        "Ortega Landscaping": "Landscaping",
        "Stein Plumbing": "Construction",
        "Mendes Cleaning": "Cleaning",
        "Haddad Electric": "Construction",
        "Bay State Florist": "Retail",
        "Russo Bakery": "Bakery",
        "North End Tours": "Travel",
        "Medeiros Seafood": "Food wholesale",
    },
    asked=(
        {"wants": "SUV", "budget": 32000},
        {"wants": "truck", "tradesIn": "2014 Silverado"},
        {"wants": "hybrid", "budget": 27000},
        {"wants": "anything with seven seats"},
    ),
    notes=(
        "Test drove last spring and left without an offer.",
        "Text, don't call: works nights.",
        "Was waiting for rates to come down.",
        "Lease ends in the fall.",
        "Came with a brother who does the talking.",
    ),
)
STRANGERS = ("Rob", "Denise", "Marcus", "Linh", "Becky", "Tony", "Yolanda", "Chris", "Fatima", "Walt")

SCENES = (
    scene(
        them("Hey, you texted me last month about the Outback. Is it still on the lot?"),
        them("The green one, 2021"),
        us(
            "Hi {name}, it is: 31,400 miles, one owner, just through inspection. Would you like to drive it this week?",
            "Hi {name}!! YES it is STILL HERE but not for long!! Would you like to drive it this week?",
        ),
        them("Thursday after work? I get off at 5"),
        us("Thursday at 5:30 works. {agent} will have it out front for you. Bring your license and we're set."),
        them("See you then"),
        seeded=5,
    ),
    scene(
        them("$27,900 is over my budget. I can do 25."),
        us(
            "I hear you, {name}. I can't get to 25 on that one, but there is a 2020 with 44,000 miles at $24,600. "
            "Same engine, same color. Want the photos?",
            "I hear you, {name}. Come in today and I guarantee you a cheap deal nobody can beat. Act now!",
        ),
        them("Sure send them"),
        us("Just sent them to your e-mail. The small scratch on the rear bumper is in the last photo."),
        them("Scratch is no big deal. Any accidents?"),
        us("None on the report, and I'll show it to you when you come by. Is Saturday good?"),
        them("Saturday morning, yes"),
        seeded=4,
    ),
    scene(
        them("Slammed at work, can you just text me the numbers"),
        us("Of course, {name}. Do you want to lease or buy, and are you trading in the CR-V?"),
        them("Buy, trading in"),
        us(
            "Price is $31,200, your CR-V is worth about $14,500, so $16,700 before tax. Over 60 months that's around "
            "$325 a month.",
            "The price of the vehicle as equipped, with the all weather package, the towing package and the floor "
            "mats, is $31,200, from which we would take off about $14,500 for your CR-V, provided that it is in the "
            "condition you described to us and that the title is clear, which leaves $16,700 before tax, title and "
            "registration, and if you finance this over a period of sixty months with approved credit you are "
            "looking at roughly $325 a month.",
        ),
        them("What if I put 5k down"),
        us("Then it's about $228 a month. Want me to hold the car until the weekend while you think about it?"),
        them("Yes please"),
        seeded=5,
    ),
    scene(
        them("Could you call me? I have a bunch of questions and I hate typing"),
        us("Sure thing, {name}. {agent} is free at noon and again at 4 today. Which one?"),
        them("4 works"),
        us("You're down for 4. The call comes from this number."),
        them("Great thx"),
        seeded=3,
    ),
    scene(
        them("My lease on the Rogue is up in March. What are my options?"),
        us(
            "Good time to ask, {name}. You can buy it, hand it back, or trade it in if it is worth more than the "
            "payoff. What's the mileage?"
        ),
        them("28,100"),
        us(
            "That is well under your 36,000, so there may be money in it for you. Would you like an appraisal? It "
            "takes 15 minutes.",
            "That is well under your 36,000 🎉🎉 so there may be money in it for you 💵 Would you like an appraisal?",
        ),
        them("Can you do it without me coming in?"),
        us("We can start with photos: four corners, the dash, and any dents. Then I'll give you a range."),
        them("ok will send them tonight"),
        seeded=4,
    ),
    scene(
        them("What APR are you offering right now? My credit union said 6.4"),
        us("For the Forester it's 4.9 up to 60 months with a score over 700, {name}. Do you know yours roughly?"),
        them("Around 720 last I checked"),
        us(
            "Then 4.9 is realistic. On $22,000 that saves you about $900 against 6.4 over five years.",
            "Then you are GUARANTEED to be APPROVED, totally risk-free. Just come in and sign.",
        ),
        them("Does checking with you hurt my score?"),
        us("A first look does not. Only the final application does, and I'd ask you before."),
        them("Alright, let's do the first look"),
        seeded=3,
    ),
    scene(
        them("Is the F-150 able to tow 8,000 lbs? Need it for the boat"),
        us("The blue one is rated for 11,200 with the tow package, {name}. What does the trailer weigh empty?"),
        them("About 1,500. Boat's 5,600 with the engine"),
        us(
            "Then you have room to spare. It has the brake controller too. Want to bring the trailer to the test drive?"
        ),
        them("That would be great actually"),
        us("Sunday is quiet, so there's space to turn. 11 okay?"),
        them("11 is fine"),
        seeded=3,
    ),
    scene(
        them("CarMax offered me 16,200 for my Camry. Can you beat it?"),
        us(
            "Quite possibly, {name}. How long is their offer good for, and does it have any warning lights on?",
            "We beat EVERY OFFER in TOWN, {name}, but only today. Last chance before the holidays!",
        ),
        them("7 days. No lights, new tires in June"),
        us("New tires help. If it looks as you say we'd be at $16,800. {agent} can confirm it in 15 minutes here."),
        them("I'll swing by tomorrow after 3"),
        seeded=2,
    ),
    scene(
        them("Thanks but we're holding off till the baby is born. February"),
        us(
            "Congratulations, {name}! Then think about three rows, or a wide second one: two of ours fit three car "
            "seats across. I'll write in February."
        ),
        them("Which two?"),
        us("The Pilot and the Ascent. No rush, both will be around in spring."),
        them("Good to know, thank you!"),
        seeded=2,
    ),
    scene(
        them("Do you have any hybrids under 25k?"),
        us("Three right now, {name}: a 2019 Camry, a 2020 RAV4 and a 2018 Niro. Do you drive mostly city or highway?"),
        them("City, 20 miles a day"),
        us(
            "Then the Niro is hard to beat: about 50 mpg in town, $18,300. Would you like to try it?",
            "Then the Niro is hard to beat 🚗💨 about 50 mpg in town, $18,300 😍 Would you like to try it?",
        ),
        them("How's the battery warranty on that?"),
        us("Ten years or 100,000 miles from new, so four years to go. It's on paper in the glove box."),
        them("Nice. When are you open Saturday"),
        us("9 to 5. Shall I put you down for 10?"),
        them("10:30 please"),
        seeded=4,
    ),
    scene(
        them("Bought my Crosstrek from you in 2022, love it. Time for the 30k service. Do you do loaners?"),
        us("Glad to hear it, {name}. We do, if you book two days ahead. Would next Tuesday work?"),
        them("Tuesday is perfect, 8am"),
        us("You're booked for Tuesday at 8 with a loaner. It will be ready by 3."),
        them("Thank you!! You guys are the best"),
        seeded=3,
    ),
    scene(
        them("I was told someone would get back to me about my deposit."),
        them("That was last Friday"),
        us(
            "I'm sorry, {name}, you should not have to ask twice. The refund went out this morning: 3 to 5 business "
            "days, the full $500.",
            "CALM DOWN please, the refund was sent out ALREADY!!",
        ),
        them("Ok. Appreciate the answer"),
        us("Thank you for your patience. May I ask what made you change your mind about the car?"),
        them("Found one closer to home. Nothing you did wrong"),
        seeded=2,
    ),
    scene(
        them("Is the price on the Tacoma negotiable at all"),
        us("A little, {name}. It came in last week, so not by thousands. What did you have in mind?"),
        them("34 out the door"),
        us("Out the door it's $36,150 today. I could do $35,400 with the bed liner included."),
        them("Let me talk to my wife"),
        us(
            "Of course. I'll keep it out of the front row until tomorrow evening.",
            "Fine, but there is no obligation for me to hold it, {name}. Act now or it is gone.",
        ),
        them("She says 35 even and we'll come tonight"),
        us("Let me ask. 35 even works if you finance with us. See you tonight?"),
        them("Deal. 6:30"),
        seeded=5,
    ),
    scene(
        them("My son just got his license. Looking for something safe under 12k"),
        us("Congratulations to him, {name}! We have a 2016 Mazda3 at $11,400 and a 2015 Impreza at $10,900."),
        them("Which one is safer in snow?"),
        us("The Impreza: all wheel drive, and good winter tires come with it. Want to bring him along for a drive?"),
        them("He's at school until 2:30 so after that"),
        us("Any day this week after 3 is fine. Just text me when you're on your way."),
        seeded=3,
    ),
    scene(
        them("Left my sunglasses in the test drive car yesterday, the gray Accord. Did anyone find them?"),
        seeded=1,
    ),
    scene(
        them("Please use my work email for the paperwork from now on"),
        seeded=1,
    ),
    scene(
        them("Do the winter tires come with rims or without?"),
        them("For the Outback I mean"),
        seeded=2,
    ),
)

STRANGER_SCENES = (
    scene(
        them("Who is this? I just got this number in March, think you want the previous owner"),
        us("Sorry to bother you, and thanks for letting us know. We've removed your number from our list."),
        them("All good"),
        seeded=2,
    ),
    scene(
        them("Hi this is {name}, saw the white Civic on your website. Does it have CarPlay?"),
        us(
            "Hi {name}, it does, and heated seats. It's at our Quincy lot. Would you like to see it today?",
            "Hi {name} 👋 it does 🙌 and heated seats 🔥 Would you like to see it today?",
        ),
        them("Not today, maybe Friday. Is it sold as is?"),
        us("It comes with 90 days or 4,000 miles of powertrain warranty. Friday at noon?"),
        them("Noon works"),
        us("{agent} will have the keys ready for you."),
        seeded=1,
    ),
    scene(
        them("do u buy cars without buying one from u"),
        us("We do. What is it, what year, and about how many miles?"),
        them("2017 Altima 92k"),
        us("Then it's likely between $6,500 and $7,400. Do you have the title?"),
        them("yes clean title"),
        us("Good. Stop by any day before 4 and you leave with a check. May I have your name?"),
        them("{name}"),
        seeded=0,
    ),
    scene(
        them("My cousin got a Tundra from you and told me to ask for a deal. {name} btw"),
        us(
            "Hi {name}, tell your cousin thanks! What are you looking for?",
            "Hi {name}!! TELL your COUSIN thanks!! What are you looking for?",
        ),
        them("Something for 4 kids and a dog"),
        us("Then a Sienna or an Odyssey. We have one of each, both under $30,000. Shall I send photos?"),
        them("Yes, and the monthly payments"),
        us("On the way. I assumed 10 percent down over 60 months. Tell me if you want it another way."),
        seeded=0,
    ),
    scene(
        them("Are you open on Columbus Day?"),
        us("We are, 10 to 4. Are you coming in for a car or for service?"),
        them("Brakes are squeaking on my Highlander"),
        us("We'll have a look, no charge for that. Under which name may I book it?"),
        them("{name}, 2018 Highlander"),
        us("You're down for 10, {name}. If it's only the pads, it takes about an hour."),
        seeded=0,
    ),
)
