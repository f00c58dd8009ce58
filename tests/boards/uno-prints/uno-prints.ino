/* SPDX-License-Identifier: MIT */
/*
 * A sketch for tests, as in every first lesson: it prints, and listens to nobody.
 */
void setup()
{
	Serial.begin(PRINTS_BAUD);
	pinMode(13, OUTPUT);
}

void loop()
{
	Serial.print("temp ");
	Serial.println(20.5);
	delay(500);
}
